/** What the ledger counts. */
export type LedgerUnit = 'KOPECK' | 'POINT'

/** The accounts of a line's book. CUSTOMER is what we owe the subscriber; the others are the operator's side. */
export type LedgerAccount =
  | 'CUSTOMER'
  | 'OPENING_BALANCE'
  | 'EXTERNAL_TOP_UP'
  | 'CARD_ACQUIRING'
  | 'TRANSFERS'
  | 'MERCHANTS'
  | 'REVENUE'
  | 'BONUS_PROGRAMME'

/** Why something moved: the domain `ledger_kind` of the database. */
export const LEDGER_KINDS = [
  'OPENING_BALANCE',
  'TOP_UP',
  'TRANSFER_OUT',
  'TRANSFER_IN',
  'TRANSFER_FEE',
  'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE',
  'SERVICE_CHARGE',
  'SUBSCRIPTION_FEE',
  'PURCHASE',
  'CARD_REFUND',
  'COMPENSATION',
  'BONUS_EARNED',
  'BONUS_SPENT',
  'BONUS_EXPIRED',
  'BONUS_GIVEN',
  'BONUS_RECEIVED',
  'CORRECTION',
] as const
export type LedgerKind = (typeof LEDGER_KINDS)[number]
