/** Whoever is paid for services from a line: the port behind which their systems are. Answers are values; it never throws. */
export interface Merchants {
  /** Whether the merchant has such an account and would take such an amount. Nothing is paid. */
  check(question: MerchantPayment): Promise<MerchantAnswer>
  /** Pays. The same transaction is paid once, however often it is sent, and answers how it stands. */
  pay(payment: MerchantPayment): Promise<MerchantAnswer>
}

/** The id of a merchant in the catalogue. */
export const MERCHANT_ID = /^[a-z0-9-]{1,50}$/

/** So long an answer is waited for. */
export const MERCHANT_TIMEOUT_MS = 10_000

export interface MerchantPayment {
  /** Who is paid: the merchant's id in the catalogue. */
  readonly merchantId: string
  /** Up to 20 digits; our number of the payment, unique among all. */
  readonly transactionId: string
  /** The customer's account with the merchant: a contract, a telephone, a car. Personal: never logged. */
  readonly reference: string
  /** Kopecks, above zero. */
  readonly amount: bigint
  readonly at: Date
}

export type MerchantAnswer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly code: MerchantRefusal }
  /** No answer, or none that says how it ended: ask again. */
  | { readonly kind: 'unknown'; readonly cause: UnknownCause }

export type MerchantRefusal =
  /** There is no such account, or it is not written so. */
  'REFERENCE_UNKNOWN' | 'ACCOUNT_INACTIVE' | 'AMOUNT_REFUSED' | 'PAYMENT_REFUSED'

export type UnknownCause = 'timeout' | 'connection' | 'trouble' | 'unreadable' | 'not-finished' | 'not-configured'
