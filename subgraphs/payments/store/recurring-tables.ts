import type { Generated } from 'kysely'
import type { MemberMonth } from './member-spending.ts'

/** The tables of what comes round by itself: automatic payments, caps on spending, the paid live balance. */
export interface RecurringTables {
  auto_payment: {
    line_id: string
    basis: AutoPaymentBasis
    id: string
    account_id: string
    member_id: string | null
    card_id: string
    amount: bigint
    threshold: bigint | null
    schedule: Schedule | null
    counts_from: string | null
    monthly_cap: bigint | null
    set_at: Date
    stopped_by: AutoPaymentStop | null
    occasion: string
    refusals: Generated<number>
    next_attempt_at: Date | null
    capped_month: string | null
  }
  auto_payment_attempt: {
    line_id: string
    auto_payment_id: string
    occasion: string
    try: number
    payment_id: string
    account_id: string
    card_id: string
    amount: bigint
    month: string
    state: Generated<'OPEN' | 'SUCCEEDED' | 'REFUSED'>
    begun_at: Date
    ask_at: Date
    asked: Generated<number>
    ended_at: Date | null
    refusal: string | null
    acquirer_payment_id: string | null
  }
  spend_cap: {
    line_id: string
    monthly_amount: bigint
    set_by: string
    set_at: Date
    is_stale: Generated<boolean>
  }
  spend_cap_alert: {
    line_id: string
    month: string
    monthly_amount: bigint
    percent: number
    spent: bigint
    told_at: Date
  }
  live_balance: {
    line_id: string
    is_enabled: boolean
    daily_fee: bigint
    policy_version: number
    consent_id: string
    enabled_at: Date
    paid_until: Date | null
    next_charge_at: Date | null
    is_suspended: Generated<boolean>
    undo_until: Generated<Date | null>
    undone_on: Generated<string | null>
    undone_consent_id: Generated<string | null>
    member: Generated<MemberMonth | null>
  }
}

/** What an automatic payment waits for: that less is left than a threshold, or a day of the calendar. */
export type AutoPaymentBasis = 'THRESHOLD' | 'SCHEDULE'

/** How often an automatic payment by calendar comes round. */
export type Schedule = 'DAILY' | 'WEEKLY' | 'MONTHLY'

/** Why an automatic payment does not go on. */
export type AutoPaymentStop = 'SUBSCRIBER' | 'REFUSALS' | 'NO_RIGHTS' | 'NO_CARD' | 'LINE_CLOSED'
