import type { Transaction } from 'kysely'
import { addDays, createCalendar } from '../../../../platform/calendar.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import type { LiveBalance } from '../../store/live-balances.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'

export const FEE_POLICY = 'liveBalance.dailyFeeKopecks'
/** As the statement names it. */
export const TITLE = { ru: 'Живой баланс', en: 'Live balance' }

/**
 * Charges the day that it is now, at the fee that was agreed; a day that was charged is not charged again. Gives the
 * service as it then is. Decide under `lockBalance` that there is enough.
 */
export async function chargeDay(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  liveBalance: LiveBalance,
): Promise<LiveBalance> {
  const now = dependencies.clock.now()
  const calendar = createCalendar((await dependencies.policies.current())['operator.timeZone'])
  const today = calendar.dayOf(now)
  const { line_id: lineId, daily_fee: fee, consent_id: consentId, policy_version: version } = liveBalance
  if (fee > 0n) {
    await post(trx, dependencies, {
      lineId,
      kind: 'SUBSCRIPTION_FEE',
      // A day that was given back is charged again, for another switching on.
      sourceKey: `live-balance:${today}${liveBalance.undone_on === today ? `:${consentId}` : ''}`,
      occurredAt: now,
      movements: [take('KOPECK', 'REVENUE', fee)],
      cause: { consentId, policy: { name: FEE_POLICY, version }, title: TITLE },
    })
  }
  const paidUntil = calendar.momentOf(addDays(today, 1))
  return { ...liveBalance, paid_until: paidUntil, next_charge_at: paidUntil, is_suspended: false }
}
