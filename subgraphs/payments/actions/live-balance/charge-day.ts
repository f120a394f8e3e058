import type { Transaction } from 'kysely'
import { addDays, createCalendar, type Day } from '../../../../platform/calendar.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import type { LiveBalance } from '../../store/live-balances.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'

export const FEE_POLICY = 'liveBalance.dailyFeeKopecks'
/** As the statement names it. */
export const TITLE = { ru: 'Живой баланс', en: 'Live balance' }

/** The operator's day that it is now, and the moment at which it is over. */
export async function findToday({
  clock,
  policies,
}: ActionDependencies): Promise<{ readonly day: Day; readonly endsAt: Date }> {
  const calendar = createCalendar((await policies.current())['operator.timeZone'])
  const day = calendar.dayOf(clock.now())
  return { day, endsAt: calendar.momentOf(addDays(day, 1)) }
}

/**
 * Charges the day that it is now, at the fee that was agreed; a day that was charged is not charged again. Gives the
 * service as it then is. Decide under `lockBalance` that there is enough.
 */
export async function chargeDay(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  liveBalance: LiveBalance,
): Promise<LiveBalance> {
  const { day, endsAt } = await findToday(dependencies)
  const { line_id: lineId, daily_fee: fee, consent_id: consentId, policy_version: version } = liveBalance
  if (fee > 0n) {
    await post(trx, dependencies, {
      lineId,
      kind: 'SUBSCRIPTION_FEE',
      // A day that was given back is charged again, for another switching on.
      sourceKey: `live-balance:${day}:${consentId}`,
      occurredAt: dependencies.clock.now(),
      movements: [take('KOPECK', 'REVENUE', fee)],
      cause: { consentId, policy: { name: FEE_POLICY, version }, title: TITLE },
    })
  }
  return { ...liveBalance, paid_until: endsAt, next_charge_at: endsAt, is_suspended: false }
}
