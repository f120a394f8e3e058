import type { Kysely } from 'kysely'
import type { AccountPrincipal } from '../../../../platform/identity/viewer.ts'
import { findCredentialHold } from '../../store/credential-holds.ts'
import type { Tables } from '../../store/tables.ts'

/** Why ways of signing in may not be changed now. */
export type CredentialObstacle =
  | { readonly code: 'NOT_OWN_ACCOUNT' }
  | { readonly code: 'SIM_CHANGED'; readonly until: Date }

/** Everything that stands in the way; empty when nothing does. */
export async function findCredentialObstacles(
  db: Kysely<Tables>,
  { personId, accountId }: AccountPrincipal,
  now: Date,
): Promise<readonly CredentialObstacle[]> {
  const until = await findCredentialHold(db, personId, now)
  return [
    ...(personId === accountId ? [] : [{ code: 'NOT_OWN_ACCOUNT' as const }]),
    ...(until === null ? [] : [{ code: 'SIM_CHANGED' as const, until }]),
  ]
}
