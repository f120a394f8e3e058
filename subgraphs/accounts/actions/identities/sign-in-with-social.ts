import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { findIdentityOwner, useIdentity } from '../../store/identities.ts'
import { writeNotice } from '../../store/notices.ts'
import { isKnownDevice } from '../../store/phone-cabinets.ts'
import type { Tables } from '../../store/tables.ts'
import { finishProviderSignIn, type ProviderSignInFailure } from '../providers/finish-provider-sign-in.ts'
import { type DeviceName, readDeviceName } from '../sessions/device-name.ts'
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
  const { db, clock, onOutgoing } = dependencies
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

  const outcome = await db.transaction().execute(async (trx): Promise<SignInWithSocialOutcome> => {
    // The account before what is its own, as a closing takes them: the two never wait for each other.
    if ((await holdOpen(trx, accountId)) !== 'open') return { kind: 'identityNotAttached' }
    if (!(await useIdentity(trx, accountId, finished, clock.now()))) return { kind: 'identityNotAttached' }
    const device = { accountId, deviceName: readDeviceName(deviceName) }
    const signedIn = { ...device, personId: accountId, organizationRole: null, method: 'SOCIAL' } as const
    const isKnown = await isKnownDevice(trx, accountId, viewer.client.device)
    const session = await openSession(trx, dependencies, signedIn, viewer)
    // A cabinet that was closed answers like one that is not there.
    if (!session) return { kind: 'identityNotAttached' }
    if (!isKnown) await tellOfNewDevice(trx, dependencies, device)
    return { kind: 'signedIn', session }
  })
  if (outcome.kind === 'signedIn') onOutgoing()
  return outcome
}

async function tellOfNewDevice(
  trx: Transaction<Tables>,
  { clock, newId }: IdentityDependencies,
  { accountId, deviceName }: { readonly accountId: string; readonly deviceName: DeviceName | null },
): Promise<void> {
  const parameters = { deviceName: deviceName ?? '', method: 'SOCIAL' }
  await writeNotice(trx, { id: newId(), accountId, kind: 'SIGNED_IN_ON_NEW_DEVICE', parameters, at: clock.now() })
}
