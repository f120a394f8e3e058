import { sql } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { stopOf } from './auto-payments.ts'
import type { Schedule } from './recurring-tables.ts'

/** What payments themselves will do to a line's money, and when for the first time. Kopecks, without a sign. */
export type DatedChargeRow = { readonly line_id: string; readonly due_at: Date; readonly amount: bigint } & (
  | { readonly kind: 'PROMISED_PAYMENT' | 'LIVE_BALANCE' }
  | {
      readonly kind: 'AUTO_PAYMENT'
      readonly schedule: Schedule
      readonly counts_from: Day
      readonly monthly_cap: bigint | null
      /** What it has taken, or may have taken, in the month that was asked about before what is told of here. */
      readonly taken: bigint
      /** From when on its payer may not pay for the line; null while no end is set. */
      readonly payer_until: Date | null
    }
)

interface DatedChargeValues {
  readonly lineIds: readonly string[]
  readonly month: Day
  readonly now: Date
}

const DATED_CHARGES = prepareStatement<DatedChargeValues, DatedChargeRow>(
  'dated-charges',
  ({ lineIds, month, now }) => sql`
    select line_id, 'PROMISED_PAYMENT' as kind, due_at, amount, null as schedule, null::date as counts_from,
      null::bigint as monthly_cap, 0::bigint as taken, null::timestamptz as payer_until
    from promised_payment where line_id = any(${lineIds}::uuid[]) and ended_at is null
    union all
    select line_id, 'LIVE_BALANCE', next_charge_at, daily_fee, null, null, null, 0, null
    from live_balance
    where line_id = any(${lineIds}::uuid[]) and is_enabled and next_charge_at is not null and daily_fee > 0
    union all
    select payment.line_id, 'AUTO_PAYMENT', coalesce(next_attempt_at, under_way.begun_at), payment.amount, schedule,
      counts_from, monthly_cap, (
        select coalesce(sum(attempt.amount), 0)::bigint from auto_payment_attempt as attempt
        where attempt.line_id = payment.line_id and attempt.auto_payment_id = payment.id
          and attempt.month = ${month}::date and attempt.state <> 'REFUSED'
          and (attempt.state <> 'OPEN' or next_attempt_at is not null)
      ), (
        select until from line_access as payer
        where payer.line_id = payment.line_id and payer.account_id = payment.account_id
      )
    from auto_payment as payment
    -- What the acquirer was asked for and has not answered is the next, and has no other moment.
    left join auto_payment_attempt as under_way on under_way.line_id = payment.line_id
      and under_way.auto_payment_id = payment.id and under_way.state = 'OPEN'
    where payment.line_id = any(${lineIds}::uuid[]) and basis = 'SCHEDULE'
      and ${stopOf(sql`${now}::timestamptz`)} is null
      and (next_attempt_at is not null or under_way.begun_at is not null)
  `,
)

/** Asks for nobody's rights. */
export function readDatedCharges(reader: Reader, values: DatedChargeValues): Promise<DatedChargeRow[]> {
  return reader.read(DATED_CHARGES, values)
}
