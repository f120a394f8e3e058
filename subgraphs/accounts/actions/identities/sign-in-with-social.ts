import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { findIdentityOwner, useIdentity } from '../../store/identities.ts'
import { finishProviderSignIn, type ProviderSignInFailure } from '../providers/finish-provider-sign-in.ts'
import { readDeviceName } from '../sessions/device-name.ts'
import { type IssuedSession, openSession } from '../sessions/open-session.ts'
import { findProvider, type IdentityDependencies } from './identity-dependencies.ts'

export interface SignInWithSocial {
  readonly flowSecret: string
  readonly callbackUrl: string
  readonly deviceName: string | null
}

export type SignInWithSocialOutcome =
  | { readonly kind: 'signedIn'; readonly session: IssuedSession }
  | { readonly kind: 'identityNotAttached' }
  | ProviderSignInFailure

/** Signs in whoever attached the identity that the provider names. An address or a number alike attaches nothing. */
export async function signInWithSocial(
  dependencies: IdentityDependencies,
  { flowSecret, callbackUrl, deviceName }: SignInWithSocial,
  viewer: Viewer,
): Promise<SignInWithSocialOutcome> {
  const { db, clock } = dependencies
  const finished = await finishProviderSignIn(dependencies, {
    findProvider: (id) => findProvider(dependencies, id),
    purpose: 'SIGN_IN',
    session: null,
    flowSecret,
    callbackUrl,
  })
  if (finished.kind !== 'identified') return finished
  const accountId = await findIdentityOwner(db, finished)
  if (accountId === null) return { kind: 'identityNotAttached' }

  return db.transaction().execute(async (trx): Promise<SignInWithSocialOutcome> => {
    if (!(await useIdentity(trx, accountId, finished, clock.now()))) return { kind: 'identityNotAttached' }
    const session = await openSession(
      trx,
      dependencies,
      {
        personId: accountId,
        accountId,
        organizationRole: null,
        method: 'SOCIAL',
        deviceName: readDeviceName(deviceName),
      },
      viewer,
    )
    // A cabinet that was closed answers like one that is not there.
    return session ? { kind: 'signedIn', session } : { kind: 'identityNotAttached' }
  })
}
