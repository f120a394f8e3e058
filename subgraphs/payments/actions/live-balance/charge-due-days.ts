import type { Transaction } from 'kysely'
import { formatKopecks } from '../../../../platform/money.ts'
import { type Balance, spendable } from '../../ledger/balance.ts'
import type { DueItem } from '../../store/due-page.ts'
import { findLiveBalance, type LiveBalance, putLiveBalance, readDueLiveBalances } from '../../store/live-balances.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { eachDue } from '../each-due.ts'
import { type Standing, withStandings } from '../line-in-service.ts'
import { lockToSpend } from '../promised-payments/settle-promised-payment.ts'
import { recordAct } from '../record-act.ts'
import { ROUNDS } from '../service-viewer.ts'
import { chargeDay, findToday } from './charge-day.ts'

const AT_ONCE = 4

/**
 * Charges the day of every line whose last one is over, once, by however many processes. Days that went by while nobody
 * looked are not charged, nor those on which the line's balance is under review, nor those that begin while the line is
 * blocked. Where there is not enough, the service waits for money; on a closed line it ends. Linked numbers are asked of
 * a page at once: while they do not answer nothing is charged, and the next round asks again. Returns how many lines
 * were looked at.
 */
export async function chargeDueDays(dependencies: ActionDependencies): Promise<number> {
  const { db, clock, logger } = dependencies
  const now = clock.now()
  return eachDue<Standing<DueItem>>({
    read: async (page) => withStandings(dependencies, await readDueLiveBalances(db, now, page), ({ id }) => id),
    work: (due) => db.transaction().execute((trx) => look(trx, dependencies, due)),
    atOnce: AT_ONCE,
    logger,
    failure: 'a day of the live balance could not be charged; the next round will',
  })
}

/** Under the lock of the line's balance: whoever was faster has left nothing to do. */
async function look(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { id: lineId, standing }: Standing<DueItem>,
): Promise<void> {
  const balance = await lockToSpend(trx, dependencies, lineId)
  const service = await findLiveBalance(trx, lineId)
  if (!balance || service?.next_charge_at == null || service.next_charge_at > dependencies.clock.now()) return
  // It was put under review since the page was read: the round after that leaves it out.
  if (await isQuarantined(trx, lineId)) return
  if (standing === null) return end(trx, dependencies, service)
  if (standing.isBlocked) {
    return putLiveBalance(trx, { ...service, next_charge_at: (await findToday(dependencies)).endsAt })
  }
  await charge(trx, dependencies, service, balance)
}

/** Nobody has the line any more. */
async function end(trx: Transaction<Tables>, dependencies: ActionDependencies, service: LiveBalance): Promise<void> {
  await putLiveBalance(trx, { ...service, is_enabled: false, is_suspended: false, next_charge_at: null })
  await tell(trx, dependencies, service, 'LIVE_BALANCE_ENDED')
}

async function charge(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  service: LiveBalance,
  balance: Balance,
): Promise<void> {
  if (spendable(balance) < service.daily_fee) {
    await putLiveBalance(trx, { ...service, is_suspended: true, next_charge_at: null })
    if (!service.is_suspended) await tell(trx, dependencies, service, 'LIVE_BALANCE_SUSPENDED')
    return
  }
  await putLiveBalance(trx, await chargeDay(trx, dependencies, service))
  if (service.is_suspended) await tell(trx, dependencies, service, 'LIVE_BALANCE_RESUMED')
}

async function tell(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { line_id: lineId, daily_fee }: LiveBalance,
  act: string,
): Promise<void> {
  const details = { dailyFee: formatKopecks(daily_fee) }
  await recordAct(trx, dependencies, { lineId, act, details }, ROUNDS)
}
