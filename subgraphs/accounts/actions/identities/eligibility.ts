import type { Kysely } from 'kysely'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { findCredentialHold } from '../../store/credential-holds.ts'
import type { Tables } from '../../store/tables.ts'
import { type CredentialHoldDependencies, checkCredentialHold } from '../credential-hold.ts'

/** Why ways of signing in may not be changed now. */
export type CredentialObstacle =
  | { readonly code: 'NOT_OWN_ACCOUNT' }
  | { readonly code: 'SIM_CHANGED'; readonly until: Date }

/** Everything that stands in the way; empty when nothing does. The network is asked: before the transaction. */
export async function checkCredentialObstacles(
  dependencies: CredentialHoldDependencies,
  principal: AccountPrincipal,
  now: Date,
): Promise<readonly CredentialObstacle[]> {
  return obstacles(principal, await checkCredentialHold(dependencies, principal.personId, now))
}

/** The same, of what is known already: what the network said to others meanwhile counts in the transaction too. */
export async function findCredentialObstacles(
  db: Kysely<Tables>,
  principal: AccountPrincipal,
  now: Date,
): Promise<readonly CredentialObstacle[]> {
  return obstacles(principal, await findCredentialHold(db, principal.personId, now))
}

function obstacles({ personId, accountId }: AccountPrincipal, until: Date | null): readonly CredentialObstacle[] {
  return [
    ...(personId === accountId ? [] : [{ code: 'NOT_OWN_ACCOUNT' as const }]),
    ...(until === null ? [] : [{ code: 'SIM_CHANGED' as const, until }]),
  ]
}
