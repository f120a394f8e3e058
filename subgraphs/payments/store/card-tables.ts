import type { Generated } from 'kysely'

/** The tables of payments by card, as the queries see them. */
export interface CardTables {
  card: {
    account_id: string
    id: string
    token_sealed: string
    fingerprint: string
    brand: string
    last4: string
    expiry_year: number
    expiry_month: number
    saved_at: Date
  }
  card_payment: {
    line_id: string
    payment_id: string
    state: Generated<CardPaymentState>
    request_sealed: string | null
    acquirer_id: Generated<string | null>
    confirmation_url: Generated<string | null>
    card_id: string | null
    is_card_saved: boolean
    expires_at: Date
    asked_at: Generated<Date | null>
    captured_at: Generated<Date | null>
    refunded: Generated<bigint>
  }
  acquirer_payment_directory: { acquirer_id: string; line_id: string; payment_id: string }
  card_refund: {
    line_id: string
    id: string
    payment_id: string
    acquirer_payment_id: string
    amount: bigint
    status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
    staff_id: string
    request_sealed: string | null
    acquirer_id: Generated<string | null>
    created_at: Date
    asked_at: Generated<Date | null>
    ended_at: Generated<Date | null>
    refunded_at: Generated<Date | null>
    failure: Generated<string | null>
  }
}

/** ASKING: it is not known whether the acquirer has it. OPEN: it has. ENDED: nothing more is to be learnt. */
export type CardPaymentState = 'ASKING' | 'OPEN' | 'ENDED'
