import type { Kysely } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { NewId } from '../../../platform/ids.ts'
import { recordAct } from '../store/acts.ts'
import type { Tables } from '../store/tables.ts'

export interface SightDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
}

/** What a member of staff looked at. */
export interface Sight {
  readonly accountId: string
  readonly kind: 'ACCOUNT_SEEN' | 'ACTIVITY_SEEN'
}

/** Writes down that a member of staff sees something of an account, before they are shown it. Others see their own. */
export async function recordSight(
  { db, clock, newId }: SightDependencies,
  { accountId, kind }: Sight,
  viewer: Viewer,
): Promise<void> {
  if (viewer.principal.kind !== 'staff') return
  await db.transaction().execute((trx) => recordAct(trx, viewer, { id: newId(), at: clock.now(), accountId, kind }))
}
