import type { Generated, JSONColumnType } from 'kysely'
import type { OutboxTables } from '../../../platform/events/outbox.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { HoldState } from '../ledger/holds.ts'
import type { LedgerAccount, LedgerKind, LedgerUnit } from '../ledger/kinds.ts'
import type { CardTables } from './card-tables.ts'
import type { RecurringTables } from './recurring-tables.ts'

/** The tables of payments, as the queries see them. */
export interface Tables extends OutboxTables, RecurringTables, CardTables {
  ledger_balance: LedgerBalanceTable
  ledger_transaction: LedgerTransactionTable
  ledger_entry: LedgerEntryTable
  hold: HoldTable
  bonus_lot: {
    line_id: string
    id: string
    earned: bigint
    remaining: bigint
    earned_at: Date
    expires_at: Date
  }
  bonus_lot_hold: { line_id: string; hold_id: string; lot_id: string; points: bigint }
  payment: PaymentTable
  idempotency_key: {
    account_id: string
    operation: string
    key: string
    body_hash: string
    outcome: unknown
    created_at: Date
  }
  transfer_quote: TransferQuoteTable
  transfer_quote_day: QuoteDayTable
  purchase_quote_day: QuoteDayTable
  transfer_day: { line_id: string; day: string; sent: Generated<bigint>; received: Generated<bigint> }
  member_spending: { organization_id: string; member_id: string; month: string; spent: Generated<bigint> }
  promised_payment: PromisedPaymentTable
  merchant: MerchantTable
  purchase_quote: PurchaseQuoteTable
  purchase: PurchaseTable
  ledger_quarantine: { line_id: string; since: Date; reason: string }
  ledger_audit: { day: string; started_at: Date; finished_at: Date | null; breaches: number | null }
  line_access: { line_id: string; account_id: string; rights: number; until: Date | null; version: bigint }
  inbox: { event_id: string; received_at: Date }
  merchant_transaction: { id: string; line_id: string; taken_at: Date }
}

interface MerchantTable {
  id: string
  name_ru: string
  name_en: string
  reference_label_ru: string
  reference_label_en: string
  reference_pattern: string
  reference_example: string
  amount_min: bigint
  amount_max: bigint
  fee_permille: number
  is_open: boolean
}

interface PurchaseQuoteTable {
  account_id: string
  id: string
  acting_account_id: string
  line_id: string
  merchant_id: string
  reference: string
  transaction_id: string
  amount: bigint
  fee: bigint
  fee_permille: number | null
  quoted_at: Date
  valid_until: Date
}

interface PurchaseTable {
  line_id: string
  id: string
  merchant_id: string
  reference: string
  transaction_id: string
  amount: bigint
  fee: bigint
  fee_permille: number | null
  begun_at: Date
  asked: Generated<number>
  next_ask_at: Date
  is_over: Generated<boolean>
  member: unknown
}

/** Only its limits can be set: the rest follows entries and holds. */
interface LedgerBalanceTable {
  line_id: string
  unit: LedgerUnit
  posted: Generated<bigint>
  reserved: Generated<bigint>
  debt_limit: Generated<bigint>
  promised: Generated<bigint>
  opened_with: Generated<bigint>
  sequence: Generated<bigint>
  entry_sequence: Generated<bigint>
  entry_hash: Generated<Buffer>
}

interface LedgerTransactionTable {
  line_id: string
  id: string
  kind: LedgerKind
  source_key: string
  occurred_at: Date
  posted_at: Date
  order_id: string | null
  payment_id: string | null
  consent_id: string | null
  policy_name: string | null
  policy_version: number | null
  details: Generated<JSONColumnType<{ title?: { ru: string; en: string } }>>
}

interface LedgerEntryTable {
  line_id: string
  transaction_id: string
  unit: LedgerUnit
  debit_account: LedgerAccount
  credit_account: LedgerAccount
  amount: bigint
  kind: LedgerKind
  sequence: bigint
  balance_after: bigint
  posted_at: Date
  hash: Buffer
}

interface HoldTable {
  line_id: string
  id: string
  unit: LedgerUnit
  amount: bigint
  kind: LedgerKind
  source_key: string
  state: Generated<HoldState>
  captured: Generated<bigint>
  created_at: Date
  expires_at: Date
  ended_at: Date | null
  cause: Generated<unknown>
}

export type PaymentKind = 'TOP_UP' | 'AUTO_TOP_UP' | 'TRANSFER_OUT' | 'TRANSFER_IN' | 'PURCHASE'
export type PaymentStatus = 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'REFUNDED'

interface PaymentTable {
  line_id: string
  id: string
  kind: PaymentKind
  status: Generated<PaymentStatus>
  amount: bigint
  fee: Generated<bigint>
  account_id: string | null
  created_at: Date
  ended_at: Date | null
  failure: string | null
  details: Generated<unknown>
}

interface TransferQuoteTable {
  account_id: string
  id: string
  acting_account_id: string
  line_id: string
  to_phone: E164
  to_line_id: string
  amount: bigint
  fee: bigint
  fee_version: number
  quoted_at: Date
  valid_until: Date
}

interface QuoteDayTable {
  account_id: string
  day: string
  quotes: number
}

interface PromisedPaymentTable {
  line_id: string
  id: string
  account_id: string
  amount: bigint
  fee: bigint
  taken_at: Date
  due_at: Date
  ended_at: Date | null
  ended_by: 'TOP_UP' | 'DUE_DATE' | null
  reminded_at: Generated<Date | null>
}

export type { LedgerUnit } from '../ledger/kinds.ts'
