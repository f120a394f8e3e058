import type { Kysely, Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import type { Clock } from '../../../platform/clock.ts'
import { writeEvent } from '../../../platform/events/outbox.ts'
import type { NewId } from '../../../platform/ids.ts'
import { type AccessChange, auditAccess, listLine } from '../store/access.ts'
import type { Tables } from '../store/tables.ts'

/** What every change of rights needs. */
export interface AccessDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  /** Called after a change is committed, so that its event leaves at once. */
  readonly onEvent: () => void
}

/** The subgraphs that keep a copy of the rights. */
const RECEIVERS = ['products', 'payments']

/** Finishes a change whose new version is known: the account's list, the audit and the event, in one transaction. */
export async function recordAccessChange(
  trx: Transaction<Tables>,
  dependencies: AccessDependencies,
  change: AccessChange & { readonly version: bigint },
  grant: Grant,
): Promise<void> {
  await recordAccessChangeBy(trx, dependencies, change, `account:${grant.accountId}`)
}

/** The same, of a change that no account made: `changedBy` names who did, such as `service:accounts`. */
export async function recordAccessChangeBy(
  trx: Transaction<Tables>,
  { clock, newId }: AccessDependencies,
  change: AccessChange & { readonly version: bigint },
  changedBy: string,
): Promise<void> {
  const now = clock.now()
  await listLine(trx, change)
  await auditAccess(trx, change, { id: newId(), changedBy, changedAt: now })
  await writeEvent(
    trx,
    {
      id: newId(),
      kind: 'LineAccessChanged',
      occurredAt: now.toISOString(),
      lineId: change.lineId,
      accountId: change.accountId,
      rights: change.rights,
      until: change.until?.toISOString() ?? null,
      version: Number(change.version),
    },
    RECEIVERS,
  )
}
