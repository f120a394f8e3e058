import { z } from 'zod'
import { type OrganizationRole, UNKNOWN_CLIENT } from '../platform/identity/viewer.ts'
import type { NewId } from '../platform/ids.ts'
import type { Subgraphs } from './one-process.ts'

export interface SignInDependencies {
  readonly subgraphs: Pick<Subgraphs, 'accounts' | 'linked-numbers'>
  readonly newId: NewId
}

export interface DevelopmentSignIn {
  /** The owner's telephone number, as people type it. */
  readonly phone: string
  /** To act for the organization that owns the number; null to be the owner. */
  readonly organizationRole: OrganizationRole | null
  readonly ttlSeconds: number
}

export type DevelopmentSignInOutcome =
  | { readonly kind: 'signedIn'; readonly accessToken: string }
  | { readonly kind: 'subscriberNotFound' }
  | { readonly kind: 'memberNotFound' }

const ownersSchema = z.object({
  lineByPhone: z
    .object({ accessList: z.array(z.object({ accountId: z.string(), rights: z.array(z.string()) })).nullable() })
    .nullable(),
})

/** Signs the owner of a telephone number in, as development needs it: no password, no text message, a real session. */
export async function signInByPhone(
  dependencies: SignInDependencies,
  { phone, organizationRole, ttlSeconds }: DevelopmentSignIn,
): Promise<DevelopmentSignInOutcome> {
  const accountId = await findAccount(dependencies, phone)
  if (accountId === null) return { kind: 'subscriberNotFound' }
  const session = await dependencies.subgraphs.accounts.openDevelopmentSession({
    accountId,
    organizationRole,
    accessTokenSeconds: ttlSeconds,
  })
  return session === null ? { kind: 'memberNotFound' } : { kind: 'signedIn', accessToken: session.accessToken }
}

/** The account that owns the line with this telephone number; null when nobody has the number. */
export async function findAccount({ subgraphs, newId }: SignInDependencies, phone: string): Promise<string | null> {
  const result = await subgraphs['linked-numbers'].execute(
    {
      query: 'query ($phone: String!) { lineByPhone(phone: $phone) { accessList { accountId rights } } }',
      variables: { phone },
    },
    {
      principal: { kind: 'staff', staffId: 'cli', sessionId: newId(), roles: ['supervisor'] },
      language: 'en',
      requestId: newId(),
      client: { ...UNKNOWN_CLIENT, reason: 'A developer asks for a token on the command line.' },
    },
  )
  const { lineByPhone } = ownersSchema.parse(result.data)
  return lineByPhone?.accessList?.find((access) => access.rights.includes('OWN'))?.accountId ?? null
}
