import type { Transaction } from 'kysely'
import { writeEvent } from '../../../platform/events/outbox.ts'
import { authorName, authorOf } from '../../../platform/identity/author.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import { parseId } from '../../../platform/ids.ts'
import { findOwner, lockAccess } from '../store/access.ts'
import {
  disableManagement,
  enableManagement,
  findLineByPhone,
  type LineAct,
  recordLineAct,
} from '../store/number-management.ts'
import type { Tables } from '../store/tables.ts'
import type { AccessChanger, AccessDependencies } from './change-access.ts'

export type NumberManagementOutcome =
  | { readonly kind: 'done'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }

/** Switches number management on. The grant must hold ownership or management of the line. */
export async function enableNumberManagement(
  dependencies: AccessDependencies,
  command: { readonly lineId: string },
  by: AccessChanger,
): Promise<NumberManagementOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const now = dependencies.clock.now()
  return switching(dependencies, async (trx) => {
    if (!(await lockAccess(trx, lineId, by.grant, now))) return { kind: 'lineNotFound' }
    return enable(trx, dependencies, lineId, by.viewer)
  })
}

/** Switches it on for whoever holds the telephone of the line, as accounts know from the network. */
export async function enableNumberManagementByPhone(
  dependencies: AccessDependencies,
  command: { readonly phone: string },
  viewer: Viewer,
): Promise<NumberManagementOutcome> {
  return switching(dependencies, async (trx) => {
    const lineId = await findLineByPhone(trx, command.phone)
    return lineId === null ? { kind: 'lineNotFound' } : enable(trx, dependencies, lineId, viewer)
  })
}

async function enable(
  trx: Transaction<Tables>,
  dependencies: AccessDependencies,
  lineId: string,
  viewer: Viewer,
): Promise<NumberManagementOutcome> {
  const enabled = await enableManagement(trx, lineId, dependencies.clock.now())
  if (!enabled) return { kind: 'lineNotFound' }
  if (enabled.isNew) await record(trx, dependencies, { lineId, kind: 'NUMBER_MANAGEMENT_ENABLED' }, viewer)
  return { kind: 'done', lineId }
}

/** Switches it off. The grant must hold ownership or management of the line. */
export async function disableNumberManagement(
  dependencies: AccessDependencies,
  command: { readonly lineId: string },
  by: AccessChanger,
): Promise<NumberManagementOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const now = dependencies.clock.now()
  return switching(dependencies, async (trx) => {
    if (!(await lockAccess(trx, lineId, by.grant, now))) return { kind: 'lineNotFound' }
    if (await disableManagement(trx, lineId)) {
      await record(trx, dependencies, { lineId, kind: 'NUMBER_MANAGEMENT_DISABLED' }, by.viewer)
    }
    return { kind: 'done', lineId }
  })
}

async function switching(
  { db, onEvent }: AccessDependencies,
  change: (trx: Transaction<Tables>) => Promise<NumberManagementOutcome>,
): Promise<NumberManagementOutcome> {
  const outcome = await db.transaction().execute(change)
  if (outcome.kind === 'done') onEvent()
  return outcome
}

/** In the line's own trail, and in that of the account that owns the line. */
async function record(
  trx: Transaction<Tables>,
  { clock, newId }: AccessDependencies,
  { lineId, kind }: Pick<LineAct, 'lineId' | 'kind'>,
  viewer: Viewer,
): Promise<void> {
  const now = clock.now()
  await recordLineAct(trx, { lineId, id: newId(), kind, doneBy: authorName(viewer.principal), doneAt: now })
  const accountId = await findOwner(trx, lineId)
  if (accountId === null) return
  const act = { act: kind, lineId, details: {}, by: authorOf(viewer, accountId) }
  await writeEvent(trx, { id: newId(), kind: 'ActRecorded', occurredAt: now.toISOString(), accountId, ...act }, [
    'accounts',
  ])
}
