import type { Generated, JSONColumnType } from 'kysely'
import type { OutboxTables } from '../../../platform/events/outbox.ts'
import type { HoldState } from '../ledger/holds.ts'
import type { LedgerAccount, LedgerKind, LedgerUnit } from '../ledger/kinds.ts'
import type { CardTables } from './card-tables.ts'

/** The tables of payments, as the queries see them. */
export interface Tables extends OutboxTables, CardTables {
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
  payment: PaymentTable
  idempotency_key: {
    account_id: string
    operation: string
    key: string
    body_hash: string
    outcome: unknown
    created_at: Date
  }
  line_access: { line_id: string; account_id: string; rights: number; until: Date | null; version: bigint }
  inbox: { event_id: string; received_at: Date }
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

export type { LedgerUnit } from '../ledger/kinds.ts'
