import type { Transaction } from 'kysely'
import type { Grant } from '../../../platform/access/grant.ts'
import { parseId } from '../../../platform/ids.ts'
import { lockAccess } from '../store/access.ts'
import { disableManagement, enableManagement, findLineByPhone, recordLineAct } from '../store/number-management.ts'
import type { Tables } from '../store/tables.ts'
import type { AccessDependencies } from './change-access.ts'

export type NumberManagementOutcome =
  | { readonly kind: 'done'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }

/** Switches number management on. The grant must hold ownership or management of the line. */
export async function enableNumberManagement(
  dependencies: AccessDependencies,
  command: { readonly lineId: string },
  grant: Grant,
): Promise<NumberManagementOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const now = dependencies.clock.now()
  return dependencies.db.transaction().execute(async (trx) => {
    if (!(await lockAccess(trx, lineId, grant, now))) return { kind: 'lineNotFound' }
    return enable(trx, dependencies, { lineId, doneBy: `account:${grant.accountId}` })
  })
}

/** Switches it on for whoever holds the telephone of the line, as accounts know from the network. */
export async function enableNumberManagementByPhone(
  dependencies: AccessDependencies,
  command: { readonly phone: string },
): Promise<NumberManagementOutcome> {
  return dependencies.db.transaction().execute(async (trx) => {
    const lineId = await findLineByPhone(trx, command.phone)
    if (lineId === null) return { kind: 'lineNotFound' }
    return enable(trx, dependencies, { lineId, doneBy: 'service:accounts' })
  })
}

async function enable(
  trx: Transaction<Tables>,
  { clock, newId }: AccessDependencies,
  { lineId, doneBy }: { readonly lineId: string; readonly doneBy: string },
): Promise<NumberManagementOutcome> {
  const now = clock.now()
  const enabled = await enableManagement(trx, lineId, now)
  if (!enabled) return { kind: 'lineNotFound' }
  const act = { lineId, id: newId(), kind: 'NUMBER_MANAGEMENT_ENABLED', doneBy, doneAt: now } as const
  if (enabled.isNew) await recordLineAct(trx, act)
  return { kind: 'done', lineId }
}

/** Switches it off. The grant must hold ownership or management of the line. */
export async function disableNumberManagement(
  dependencies: AccessDependencies,
  command: { readonly lineId: string },
  grant: Grant,
): Promise<NumberManagementOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const { clock, newId, db } = dependencies
  const now = clock.now()
  return db.transaction().execute(async (trx) => {
    if (!(await lockAccess(trx, lineId, grant, now))) return { kind: 'lineNotFound' }
    const doneBy = `account:${grant.accountId}`
    const act = { lineId, id: newId(), kind: 'NUMBER_MANAGEMENT_DISABLED', doneBy, doneAt: now } as const
    if (await disableManagement(trx, lineId)) await recordLineAct(trx, act)
    return { kind: 'done', lineId }
  })
}
