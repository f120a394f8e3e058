import type { Bank, StoredMethod, StoredPayment, StoredRefund } from './bank.ts'

/* What the acquirer keeps, written as YooKassa's API v3 writes it. */

export function paymentOf(bank: Bank, payment: StoredPayment, url: string) {
  const { id, status, currency, methodId, captured, refunded } = payment
  const method = methodId === null ? undefined : bank.methods.get(methodId)
  return {
    id,
    status,
    paid: status === 'succeeded' || status === 'waiting_for_capture',
    amount: amountOf(captured > 0 ? captured : payment.amount, currency),
    description: payment.description,
    recipient: { account_id: 'stand-in', gateway_id: 'stand-in' },
    created_at: payment.createdAt,
    ...(payment.capturedAt !== null && { captured_at: payment.capturedAt }),
    ...(status === 'pending' && {
      confirmation: { type: 'redirect', return_url: payment.returnUrl, confirmation_url: `${url}/pay/${id}` },
    }),
    ...(payment.cancellation && { cancellation_details: payment.cancellation }),
    ...(method && { payment_method: methodOf(method) }),
    ...(refunded > 0 && { refunded_amount: amountOf(refunded, currency) }),
    metadata: payment.metadata,
    refundable: status === 'succeeded' && refunded < captured,
    test: true,
  }
}

export function refundOf({ id, paymentId, status, amount, currency, cancellation, createdAt }: StoredRefund) {
  return {
    id,
    payment_id: paymentId,
    status,
    amount: amountOf(amount, currency),
    created_at: createdAt,
    ...(cancellation && { cancellation_details: cancellation }),
  }
}

function methodOf({ id, isSaved, first6, last4, expiryYear, expiryMonth, brand }: StoredMethod) {
  return {
    type: 'bank_card',
    id,
    saved: isSaved,
    card: { first6, last4, expiry_year: expiryYear, expiry_month: expiryMonth, card_type: brand },
  }
}

export function amountOf(value: number, currency: string) {
  return { value: decimal(value), currency }
}

export function decimal(value: number): string {
  return (value / 100).toFixed(2)
}
