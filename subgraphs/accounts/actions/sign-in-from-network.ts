import type { Kysely } from 'kysely'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { useNetworkAssertion } from '../store/network-assertions.ts'
import type { Tables } from '../store/tables.ts'
import { type EnterCabinetDependencies, enterCabinet } from './enter-cabinet.ts'
import { findSubscriber } from './find-cabinet.ts'
import { readDeviceName } from './sessions/device-name.ts'
import type { IssuedSession } from './sessions/open-session.ts'

export interface NetworkSignInDependencies extends EnterCabinetDependencies {
  readonly db: Kysely<Tables>
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

export type SignInFromNetworkOutcome =
  | { readonly kind: 'signedIn'; readonly session: IssuedSession }
  | { readonly kind: 'notOnOperatorNetwork' }
  | { readonly kind: 'lineBlocked' }

/** Signs in whoever has the number that the trusted network element named for this request. Its word counts once. */
export async function signInFromNetwork(
  dependencies: NetworkSignInDependencies,
  { deviceName }: { readonly deviceName: string | null },
  viewer: Viewer,
): Promise<SignInFromNetworkOutcome> {
  const { db, clock, onOutgoing } = dependencies
  const { network } = viewer.client
  if (network === null) return { kind: 'notOnOperatorNetwork' }
  const { phone, jti } = network
  const subscriber = await findSubscriber(dependencies, phone)
  if (subscriber === null) return { kind: 'notOnOperatorNetwork' }
  // A SIM that was lost or stolen names a number, and not whoever it belongs to.
  if (subscriber.isBlocked) return { kind: 'lineBlocked' }

  const outcome = await db.transaction().execute(async (trx): Promise<SignInFromNetworkOutcome> => {
    if (!(await useNetworkAssertion(trx, jti, clock.now()))) return { kind: 'notOnOperatorNetwork' }
    const shown = { phone, subscriber, method: 'NETWORK', deviceName: readDeviceName(deviceName) } as const
    const session = await enterCabinet(trx, dependencies, shown, viewer)
    return session === null ? { kind: 'notOnOperatorNetwork' } : { kind: 'signedIn', session }
  })
  if (outcome.kind === 'signedIn') onOutgoing()
  return outcome
}
