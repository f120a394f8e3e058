import type { Clock } from '../../../platform/clock.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Bank, StoredMethod, StoredPayment, StoredRefund } from './bank.ts'

/** What happens to payments, and who is told of it. */
export interface OperationsDependencies {
  readonly bank: Bank
  readonly clock: Clock
  readonly newId: NewId
  /** Told of each change that YooKassa sends a notice of. */
  readonly onChange: (event: NoticeEvent, id: string) => void
}

export type NoticeEvent = 'payment.waiting_for_capture' | 'payment.succeeded' | 'payment.canceled' | 'refund.succeeded'

/** Payments of these kopecks go wrong, for those who develop against this: README.md tells them. */
export const TROUBLES = {
  /** Done, but the first request gets no answer. */
  doneInSilence: 13,
  /** The first request is lost. */
  lostInSilence: 14,
  /** Done, but the first request is answered with status 500. */
  doneInTrouble: 15,
  /** A refund that does not come about. */
  refundCanceled: 17,
  /** A refund that waits, and comes about later. */
  refundSlow: 18,
  /** A refund that waits, and does not come about. */
  refundSlowlyCanceled: 19,
  /** A saved card asks for its owner. */
  savedCardAsks: 30,
  /** A saved card has too little on it. */
  savedCardEmpty: 51,
} as const

export function approve(
  { bank, clock, onChange }: OperationsDependencies,
  payment: StoredPayment,
  method: StoredMethod,
): void {
  bank.methods.set(method.id, method)
  if (payment.isCardSaved) method.isSaved = true
  payment.methodId = method.id
  if (payment.isCapturedAtOnce) {
    take({ clock, onChange }, payment, payment.amount)
    return
  }
  payment.status = 'waiting_for_capture'
  onChange('payment.waiting_for_capture', payment.id)
}

export function take(
  { clock, onChange }: Pick<OperationsDependencies, 'clock' | 'onChange'>,
  payment: StoredPayment,
  amount: number,
): void {
  payment.status = 'succeeded'
  payment.captured = amount
  payment.capturedAt = clock.now().toISOString()
  onChange('payment.succeeded', payment.id)
}

export function decline(
  { onChange }: Pick<OperationsDependencies, 'onChange'>,
  payment: StoredPayment,
  reason: string,
  party = 'payment_network',
): void {
  payment.status = 'canceled'
  payment.cancellation = { party, reason }
  onChange('payment.canceled', payment.id)
}

/** Pays by a card that was saved, without the customer unless the card asks for them. */
export function payBySavedCard(
  dependencies: OperationsDependencies,
  payment: StoredPayment,
  method: StoredMethod,
): void {
  const kopecks = payment.amount % 100
  payment.methodId = method.id
  if (kopecks === TROUBLES.savedCardAsks) return
  if (kopecks === TROUBLES.savedCardEmpty) decline(dependencies, payment, 'insufficient_funds')
  else approve(dependencies, payment, method)
}

export interface WantedRefund {
  readonly amount: number
  readonly receipt: unknown
}

/** Null when so much was not paid, or is back or on its way back already. */
export function refund(
  dependencies: OperationsDependencies,
  payment: StoredPayment,
  { amount, receipt }: WantedRefund,
): StoredRefund | null {
  if (payment.status !== 'succeeded' || amount > payment.captured - payment.refunded) return null
  const { bank, clock, newId } = dependencies
  const made: StoredRefund = {
    id: newId(),
    paymentId: payment.id,
    status: 'pending',
    amount,
    currency: payment.currency,
    cancellation: null,
    createdAt: clock.now().toISOString(),
    receipt,
  }
  bank.refunds.set(made.id, made)
  payment.refunded += amount
  if (!isSlowRefund(made)) endRefund(dependencies, made)
  return made
}

/** Whether a refund is not done at once: it waits, as with banks that take days. */
function isSlowRefund({ amount }: StoredRefund): boolean {
  const kopecks = amount % 100
  return kopecks === TROUBLES.refundSlow || kopecks === TROUBLES.refundSlowlyCanceled
}

/** Ends what waits: the money is back on the card, or stays with the shop. What has ended stays as it is. */
export function endRefund({ bank, onChange }: OperationsDependencies, made: StoredRefund): void {
  if (made.status !== 'pending') return
  const payment = bank.payments.get(made.paymentId)
  const kopecks = made.amount % 100
  if (kopecks === TROUBLES.refundCanceled || kopecks === TROUBLES.refundSlowlyCanceled) {
    made.status = 'canceled'
    made.cancellation = { party: 'yoo_money', reason: 'insufficient_funds' }
    if (payment) payment.refunded -= made.amount
    return
  }
  made.status = 'succeeded'
  onChange('refund.succeeded', made.id)
}
