import { type CliEnvironment, EnvironmentError } from '../platform/environment.ts'
import {
  type SocialProvider,
  type StaffProviderOptions,
  socialProvider,
  staffProvider,
} from '../platform/identity/identity-provider.ts'
import { DEVELOPMENT_SECRET_PREFIX } from '../platform/identity/secrets.ts'

/** By whom people sign in, and how to stop it. */
export interface DevelopmentProviders {
  readonly socialProviders: readonly SocialProvider[]
  readonly staffProvider: StaffProviderOptions | null
  close(): Promise<void>
}

const PORT = 4_100
const CLIENT_SECRET = `${DEVELOPMENT_SECRET_PREFIX}client-of-the-stand-in`

/** Starts a provider on this machine, for customers and for staff: who calls themselves `consultant` has that role. */
export async function startDevelopmentProviders(environment: CliEnvironment): Promise<DevelopmentProviders> {
  if (environment.NODE_ENV === 'production') {
    throw new EnvironmentError('`--with-openid` is for development: its provider believes whoever comes.')
  }
  // Production has no such package, and does not come here.
  const { startOpenIdStandIn } = await import('./stand-ins/openid/stand-in.ts')
  const redirectUris = [`http://${environment.HOST}:${environment.PORT}/explorer`, 'http://localhost:3000/signed-in']
  const client = { clientId: 'cabinet', clientSecret: CLIENT_SECRET, redirectUris }
  const standIn = await startOpenIdStandIn({
    port: PORT,
    clients: [client],
    claimsOf: (name) => ({ roles: [name] }),
  })
  const { issuer } = standIn
  return {
    socialProviders: [
      socialProvider.parse({ ...client, issuer, id: 'local', name: { ru: 'Этот компьютер', en: 'This computer' } }),
    ],
    staffProvider: staffProvider.parse({ ...client, issuer }),
    close: standIn.close,
  }
}
