import type { Transaction } from 'kysely'
import { createCalendar } from '../../../../platform/calendar.ts'
import { parseId } from '../../../../platform/ids.ts'
import { formatKopecks } from '../../../../platform/money.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import { give } from '../../ledger/posting.ts'
import { isAllowed } from '../../store/line-access.ts'
import { findLiveBalance, type LiveBalance, putLiveBalance, sumCharged } from '../../store/live-balances.ts'
import { countMemberSpending } from '../../store/member-spending.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Asker } from '../asker.ts'
import { recordAct } from '../record-act.ts'
import { TITLE } from './charge-day.ts'

export type UndoLiveBalanceOutcome =
  | { readonly kind: 'undone'; readonly lineId: string }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'tooLate' }

/**
 * Switches the service off as if it had not been switched on: all that was charged since comes back, whole. Asked again
 * it has nothing left to do, and says so as before. The grant must hold management.
 */
export async function undoLiveBalance(
  dependencies: ActionDependencies,
  command: { readonly lineId: string },
  { grant, viewer }: Asker,
): Promise<UndoLiveBalanceOutcome> {
  const lineId = parseId(command.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const { 'operator.timeZone': timeZone } = await dependencies.policies.current()
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<UndoLiveBalanceOutcome> => {
    const now = dependencies.clock.now()
    if (!(await isAllowed(trx, lineId, grant, now))) return { kind: 'lineNotFound' }
    await lockBalance(trx, lineId, 'KOPECK')
    const service = await findLiveBalance(trx, lineId)
    if (service && isUndone(service)) return { kind: 'undone', lineId }
    if (service?.undo_until == null || service.undo_until <= now) return { kind: 'tooLate' }
    const amount = await giveBack(trx, dependencies, service)
    const undone = { undone_on: createCalendar(timeZone).dayOf(now), undone_consent_id: service.consent_id }
    const off = { is_enabled: false, is_suspended: false, next_charge_at: null, paid_until: null, undo_until: null }
    await putLiveBalance(trx, { ...service, ...off, ...undone })
    // The first day alone was counted.
    if (service.member) await countMemberSpending(trx, service.member, -service.daily_fee)
    const act = { lineId, act: 'LIVE_BALANCE_UNDONE', details: { amount: formatKopecks(amount) } }
    await recordAct(trx, dependencies, act, viewer)
    return { kind: 'undone', lineId }
  })
  if (outcome.kind === 'undone') dependencies.onEvent()
  return outcome
}

/** Nobody has switched it on since it was undone. */
function isUndone({ consent_id, undone_consent_id }: LiveBalance): boolean {
  return undone_consent_id === consent_id
}

/** What this switching on has cost: two days when midnight came between. */
async function giveBack(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { line_id: lineId, consent_id: consentId, enabled_at: since }: LiveBalance,
): Promise<bigint> {
  const amount = await sumCharged(trx, { lineId, consentId, since })
  if (amount === 0n) return amount
  await post(trx, dependencies, {
    lineId,
    kind: 'COMPENSATION',
    sourceKey: `live-balance-undo:${consentId}`,
    occurredAt: dependencies.clock.now(),
    movements: [give('KOPECK', 'REVENUE', amount)],
    cause: { consentId, title: TITLE },
  })
  return amount
}
