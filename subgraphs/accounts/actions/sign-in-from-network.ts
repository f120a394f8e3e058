import type { Kysely } from 'kysely'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { findAccountKind } from '../store/accounts.ts'
import { useNetworkAssertion } from '../store/network-assertions.ts'
import type { Tables } from '../store/tables.ts'
import { type CabinetSearch, findCabinetByPhone } from './find-cabinet.ts'
import { readDeviceName } from './sessions/device-name.ts'
import { type IssuedSession, openSession, type SessionDependencies } from './sessions/open-session.ts'

export interface NetworkSignInDependencies extends SessionDependencies, CabinetSearch {
  readonly db: Kysely<Tables>
}

export type SignInFromNetworkOutcome =
  | { readonly kind: 'signedIn'; readonly session: IssuedSession }
  | { readonly kind: 'notOnOperatorNetwork' }
  | { readonly kind: 'organizationNumber' }

/** Signs in whoever has the number that the trusted network element named for this request. Its word counts once. */
export async function signInFromNetwork(
  dependencies: NetworkSignInDependencies,
  { deviceName }: { readonly deviceName: string | null },
  viewer: Viewer,
): Promise<SignInFromNetworkOutcome> {
  const { db, clock } = dependencies
  const { network } = viewer.client
  if (network === null) return { kind: 'notOnOperatorNetwork' }
  const cabinet = await findCabinetByPhone(dependencies, network.phone)
  const accountKind = cabinet && (await findAccountKind(db, cabinet.accountId))
  if (!cabinet || !accountKind) return { kind: 'notOnOperatorNetwork' }
  // Whoever holds a telephone of an organization is not the organization.
  if (accountKind === 'ORGANIZATION') return { kind: 'organizationNumber' }

  return db.transaction().execute(async (trx): Promise<SignInFromNetworkOutcome> => {
    if (!(await useNetworkAssertion(trx, network.jti, clock.now()))) return { kind: 'notOnOperatorNetwork' }
    const { accountId } = cabinet
    const session = await openSession(
      trx,
      dependencies,
      {
        personId: accountId,
        accountId,
        organizationRole: null,
        method: 'NETWORK',
        deviceName: readDeviceName(deviceName),
      },
      viewer,
    )
    return { kind: 'signedIn', session }
  })
}
