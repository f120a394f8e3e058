import { isIdempotencyKey } from '../../../../platform/idempotency-key.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { Jobs } from '../../../../platform/jobs/jobs.ts'
import { recordAct } from '../../store/acts.ts'
import { type DataExportRow, findExport, findExportByKey, insertExport } from '../../store/data-exports.ts'
import type { ConfirmationDependencies } from '../confirm-identity.ts'
import type { SessionDependencies } from '../sessions/open-session.ts'
import { PREPARE_EXPORT } from './queues.ts'

export interface RequestExportDependencies extends SessionDependencies, ConfirmationDependencies {
  readonly jobs: Jobs
}

export type RequestExportOutcome =
  | { readonly kind: 'requested'; readonly dataExport: DataExportRow }
  | { readonly kind: 'invalidKey' }
  | { readonly kind: 'notOwner' }
  | { readonly kind: 'inProgress' }

/** Begins a copy of the account's data. The same key gives the same copy; of several at once one is begun. */
export async function requestExport(
  { db, clock, newId, jobs }: RequestExportDependencies,
  { idempotencyKey }: { readonly idempotencyKey: string },
  viewer: Viewer,
): Promise<RequestExportOutcome> {
  const accountId = exportableAccount(viewer)
  if (accountId === null) return { kind: 'notOwner' }
  if (!isIdempotencyKey(idempotencyKey)) return { kind: 'invalidKey' }
  const now = clock.now()
  const exportId = newId()
  const begun = await db.transaction().execute(async (trx) => {
    const dataExport = await insertExport(trx, { accountId, exportId, idempotencyKey, now })
    if (dataExport === null) return null
    await recordAct(trx, viewer, {
      id: newId(),
      at: now,
      accountId,
      kind: 'DATA_EXPORT_REQUESTED',
      details: { exportId },
    })
    await jobs.send(trx, PREPARE_EXPORT, { data: { accountId, exportId } })
    return dataExport
  })
  const dataExport = begun ?? (await findExportByKey(db, accountId, idempotencyKey))
  return dataExport === null ? { kind: 'inProgress' } : { kind: 'requested', dataExport }
}

/** The account whose data the viewer may take away; null when it is an organization's and they are not its owner. */
export function exportableAccount({ principal }: Viewer): string | null {
  if (principal.kind !== 'account') return null
  const { accountId, organizationRole } = principal
  return organizationRole === null || organizationRole === 'owner' ? accountId : null
}

/** A copy of the viewer's own data; null when there is none of this id. */
export async function findOwnExport(
  { db }: Pick<RequestExportDependencies, 'db'>,
  exportId: string,
  viewer: Viewer,
): Promise<DataExportRow | null> {
  const accountId = exportableAccount(viewer)
  return accountId === null ? null : findExport(db, { accountId, exportId })
}
