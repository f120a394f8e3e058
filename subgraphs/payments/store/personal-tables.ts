import { ownedBy, type PersonalTable } from '../../../platform/personal-data/personal-tables.ts'

/** What is kept of an account itself: for its owner only. */
export const PAYER_TABLES: readonly PersonalTable[] = [
  { table: 'card', belongsTo: ownedBy('account_id'), key: ['id'], withheld: ['token_sealed', 'fingerprint'] },
]

/** What is kept of a line: for its owner only. */
export const LINE_TABLES: readonly PersonalTable[] = [
  { table: 'ledger_balance', belongsTo: ownedBy('line_id'), key: ['unit'], withheld: ['entry_hash'] },
  { table: 'balance_change', belongsTo: ownedBy('line_id'), key: ['sequence'] },
  { table: 'bonus_lot', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'bonus_lot_hold', belongsTo: ownedBy('line_id'), key: ['hold_id', 'lot_id'] },
  { table: 'bonus_progress', belongsTo: ownedBy('line_id'), key: ['line_id'] },
  { table: 'bonus_gift_day', belongsTo: ownedBy('line_id'), key: ['day'] },
  { table: 'ledger_transaction', belongsTo: ownedBy('line_id'), key: ['id'] },
  {
    table: 'ledger_entry',
    belongsTo: ownedBy('line_id'),
    key: ['unit', 'sequence'],
    withheld: ['hash'],
  },
  { table: 'hold', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'payment', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'promised_payment', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'purchase', belongsTo: ownedBy('line_id'), key: ['id'] },
  { table: 'transfer_day', belongsTo: ownedBy('line_id'), key: ['day'] },
  { table: 'auto_payment', belongsTo: ownedBy('line_id'), key: ['basis'], withheld: ['card_id'] },
  {
    table: 'auto_payment_attempt',
    belongsTo: ownedBy('line_id'),
    key: ['auto_payment_id', 'occasion', 'try'],
    withheld: ['card_id', 'ask_at', 'asked'],
  },
  { table: 'spend_cap', belongsTo: ownedBy('line_id'), key: ['line_id'], withheld: ['is_stale'] },
  { table: 'spend_cap_alert', belongsTo: ownedBy('line_id'), key: ['month', 'monthly_amount', 'percent'] },
  { table: 'live_balance', belongsTo: ownedBy('line_id'), key: ['line_id'] },
  {
    table: 'card_payment',
    belongsTo: ownedBy('line_id'),
    key: ['payment_id'],
    withheld: ['request_sealed', 'confirmation_url'],
  },
  { table: 'card_refund', belongsTo: ownedBy('line_id'), key: ['id'], withheld: ['request_sealed', 'staff_id'] },
]
