import type { Kysely, Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import { toRights } from '../../../platform/access/rights.ts'
import type { Clock } from '../../../platform/clock.ts'
import { writeEvent } from '../../../platform/events/outbox.ts'
import { authorName, authorOf } from '../../../platform/identity/author.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { NewId } from '../../../platform/ids.ts'
import { type AccessChange, auditAccess, findOwner, listLine } from '../store/access.ts'
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

/** Who changes rights, and with what right of their own. */
export interface AccessChanger {
  readonly grant: Grant
  readonly viewer: Viewer
}

/**
 * Finishes a change whose new version is known: the account's list, the audit and the events, in one transaction. Both
 * the line's owner and the account whose rights they are find it in their trails.
 */
export async function recordAccessChange(
  trx: Transaction<Tables>,
  { clock, newId }: AccessDependencies,
  change: AccessChange & { readonly version: bigint; readonly act: string },
  viewer: Viewer,
): Promise<void> {
  const now = clock.now()
  await listLine(trx, change)
  await auditAccess(trx, change, { id: newId(), changedBy: authorName(viewer.principal), changedAt: now })
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
  const ownerId = await findOwner(trx, change.lineId)
  for (const accountId of new Set([change.accountId, ownerId ?? change.accountId])) {
    await writeEvent(
      trx,
      {
        id: newId(),
        kind: 'ActRecorded',
        occurredAt: now.toISOString(),
        accountId,
        act: change.act,
        lineId: change.lineId,
        details: { accountId: change.accountId, rights: toRights(change.rights), until: change.until },
        by: authorOf(viewer, accountId),
      },
      ['accounts'],
    )
  }
}
