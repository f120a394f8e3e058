import type { Kopecks } from '../money.ts'

/**
 * Takes money off bank cards. Our side never sees a card's number: the customer types it on the acquirer's page, and
 * what we keep of a card is a token. Every method that changes something takes a key; the same key and request again
 * give the outcome of the first, for as long as the acquirer remembers it (`KEY_HOURS`).
 */
export interface Acquirer {
  createPayment(payment: NewCardPayment, key: string): Promise<AcquirerAnswer<CardPayment>>
  findPayment(id: string): Promise<AcquirerAnswer<CardPayment>>
  /** Takes what waits for capture, or a part of it; the rest goes back to the card. */
  capturePayment(id: string, amount: Amount, key: string): Promise<AcquirerAnswer<CardPayment>>
  /** Lets go of what waits for capture. */
  cancelPayment(id: string, key: string): Promise<AcquirerAnswer<CardPayment>>
  createRefund(refund: NewCardRefund, key: string): Promise<AcquirerAnswer<CardRefund>>
  findRefund(id: string): Promise<AcquirerAnswer<CardRefund>>
  /** A page of the payments that were begun in a span of time, in whatever state they are. */
  listPayments(span: Span): Promise<AcquirerAnswer<Page<CardPayment>>>
  /** A page of the payments whose money was taken in a span of time. */
  listTaken(span: Span): Promise<AcquirerAnswer<Page<CardPayment>>>
  /** A page of the refunds that were begun in a span of time, in whatever state they are. */
  listRefunds(span: Span): Promise<AcquirerAnswer<Page<CardRefund>>>
}

/**
 * What became of a request. `refused`: the acquirer did nothing and will not. `unknown`: no answer came, or none that
 * can be read; it may have been done. Only asking again, with the same key or by id, tells.
 */
export type AcquirerAnswer<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly code: RefusalCode }
  | { readonly kind: 'unknown'; readonly cause: 'timeout' | 'connection' | 'trouble' | 'busy' | 'unreadable' }

/** Why a request was not taken. NOT_FOUND is of reading; the others say that something is wrong on our side. */
export type RefusalCode = 'NOT_FOUND' | 'INVALID_REQUEST' | 'INVALID_CREDENTIALS' | 'FORBIDDEN' | 'OTHER'

/** How long keys are remembered: a key that is older makes a new payment. */
export const KEY_HOURS = 24

export interface Amount {
  readonly kopecks: Kopecks
  /** Of what the acquirer tells it may be one that we have nothing in: a shop may sell other things too. */
  readonly currencyCode: string
}

export interface NewCardPayment {
  readonly amount: Amount
  readonly description: string
  /** Comes back with the payment in whatever is asked of it later. */
  readonly reference: PaymentReference
  /** Whether the money is taken at once, or waits for `capturePayment`. */
  readonly isCapturedAtOnce: boolean
  /** How the customer agrees: on the acquirer's page, or by a card that is saved. */
  readonly way: PaymentWay
  readonly receipt: Receipt | null
}

export type PaymentWay =
  | { readonly kind: 'PAGE'; readonly returnUrl: string; readonly isCardSaved: boolean }
  /** The acquirer may still ask for the customer: then the payment has a `confirmationUrl`. */
  | { readonly kind: 'SAVED_CARD'; readonly token: string; readonly returnUrl: string }
  /** The customer is not there: what the bank will not do without them is refused. */
  | { readonly kind: 'SAVED_CARD_ALONE'; readonly token: string }

/** Whose payment it is on our side. */
export interface PaymentReference {
  readonly lineId: string
  readonly paymentId: string
}

export interface CardPayment {
  readonly id: string
  readonly status: 'PENDING' | 'WAITING_FOR_CAPTURE' | 'SUCCEEDED' | 'CANCELED'
  readonly amount: Amount
  readonly refundedKopecks: Kopecks
  /** Where the customer goes to pay; null when there is nothing to do for them. */
  readonly confirmationUrl: string | null
  /** Null unless it was canceled. */
  readonly cancellation: Cancellation | null
  /** Null for one that cannot be read, too. */
  readonly card: PaidCard | null
  /** Null when it is not one of ours, or of the time before this. */
  readonly reference: PaymentReference | null
  readonly createdAt: Date
  readonly capturedAt: Date | null
}

/** Who ended a payment and why, in the acquirer's words, such as `insufficient_funds`. */
export interface Cancellation {
  readonly party: string
  readonly reason: string
}

export interface PaidCard {
  /** Pays again without its number, once it is saved. */
  readonly token: string
  readonly isSaved: boolean
  /** The same whenever this card pays, as far as the acquirer tells cards apart. */
  readonly likeness: string
  readonly brand: string
  readonly last4: string
  readonly expiryYear: number
  readonly expiryMonth: number
}

export interface NewCardRefund {
  /** The acquirer's id of the payment. */
  readonly paymentId: string
  readonly amount: Amount
  readonly description: string
  readonly receipt: Receipt | null
}

export interface CardRefund {
  readonly id: string
  /** The acquirer's id of the payment. */
  readonly paymentId: string
  readonly status: 'PENDING' | 'SUCCEEDED' | 'CANCELED'
  readonly amount: Amount
  readonly cancellation: Cancellation | null
  readonly createdAt: Date
}

/** What goes to the tax office and to the customer, by federal law 54-FZ. */
export interface Receipt {
  /** In E.164. */
  readonly customerPhone: string
  /** The operator's system of taxes, 1 to 6; null where the cash register knows it. */
  readonly taxSystemCode: number | null
  readonly items: readonly ReceiptItem[]
}

export interface ReceiptItem {
  readonly description: string
  readonly amount: Amount
  /** The rate of VAT by the acquirer's table, 1 to 12. */
  readonly vatCode: number
  readonly subject: 'payment' | 'service'
  readonly mode: 'advance' | 'full_payment'
}

/** From a moment on, up to and without another. */
export interface Span {
  readonly from: Date
  readonly before: Date
  /** The `next` of the page before; null for the first. */
  readonly cursor: string | null
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Null on the last page. */
  readonly next: string | null
}
