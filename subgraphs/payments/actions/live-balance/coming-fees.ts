import type { Kysely } from 'kysely'
import { addDays, createCalendar } from '../../../../platform/calendar.ts'
import type { Translated } from '../../../../platform/languages.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { readGoingServices } from '../../store/live-balances.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { TITLE } from './charge-day.ts'

/** A day's fee that is still to come, for a forecast. */
export interface ComingFee {
  readonly lineId: string
  readonly dueAt: Date
  readonly kind: 'SUBSCRIPTION_FEE'
  readonly name: Translated
  /** Kopecks, from the subscriber's side: negative. */
  readonly amount: bigint
}

/** The days of the live balance that will be charged after a moment and before another, of those lines that have it. */
export async function comingFees(
  { db, policies }: { readonly db: Kysely<Tables>; readonly policies: Policies<PaymentsPolicies> },
  lineIds: readonly string[],
  { now, until }: { readonly now: Date; readonly until: Date },
): Promise<ComingFee[]> {
  const calendar = createCalendar((await policies.current())['operator.timeZone'])
  const services = await readGoingServices(db, lineIds)
  return services.flatMap(({ line_id: lineId, daily_fee: fee, next_charge_at: next }) => {
    const fees: ComingFee[] = []
    // One whose time has come is charged in a moment.
    let dueAt = next > now ? next : now
    while (fee > 0n && dueAt < until) {
      fees.push({ lineId, dueAt, kind: 'SUBSCRIPTION_FEE', name: TITLE, amount: -fee })
      dueAt = calendar.momentOf(addDays(calendar.dayOf(dueAt), 1))
    }
    return fees
  })
}
