import { formatKopecks } from '../money.ts'
import type { Amount, NewCardPayment, NewCardRefund, PaymentWay, Receipt, Span } from './acquirer.ts'

/* What YooKassa's API v3 is asked, in its own words. */

const DESCRIPTION_LENGTH_MAX = 128
const PAGE_SIZE = 100

export function paymentRequest({ amount, description, reference, isCapturedAtOnce, way, receipt }: NewCardPayment) {
  return {
    amount: amountOf(amount),
    capture: isCapturedAtOnce,
    description: description.slice(0, DESCRIPTION_LENGTH_MAX),
    metadata: { line_id: reference.lineId, payment_id: reference.paymentId },
    ...wayOf(way),
    ...(receipt && { receipt: receiptOf(receipt) }),
  }
}

export function refundRequest({ paymentId, amount, description, receipt }: NewCardRefund) {
  return {
    payment_id: paymentId,
    amount: amountOf(amount),
    description: description.slice(0, DESCRIPTION_LENGTH_MAX),
    ...(receipt && { receipt: receiptOf(receipt) }),
  }
}

export function amountOf({ kopecks, currencyCode }: Amount) {
  return { value: formatKopecks(kopecks), currency: currencyCode }
}

/** `moment` is the name of the time that the list is of. */
export function listQuery({ from, before, cursor }: Span, moment: 'created_at' | 'captured_at') {
  return {
    [`${moment}.gte`]: from.toISOString(),
    [`${moment}.lt`]: before.toISOString(),
    limit: String(PAGE_SIZE),
    ...(cursor !== null && { cursor }),
  }
}

function wayOf(way: PaymentWay) {
  if (way.kind === 'SAVED_CARD_ALONE') return { payment_method_id: way.token }
  const confirmation = { type: 'redirect', return_url: way.returnUrl }
  return way.kind === 'SAVED_CARD'
    ? { payment_method_id: way.token, confirmation }
    : { payment_method_data: { type: 'bank_card' }, confirmation, save_payment_method: way.isCardSaved }
}

function receiptOf({ customerPhone, taxSystemCode, items }: Receipt) {
  return {
    // Without the plus, as the law's format of receipts has it.
    customer: { phone: customerPhone.replace(/^\+/, '') },
    ...(taxSystemCode !== null && { tax_system_code: taxSystemCode }),
    items: items.map(({ description, amount, vatCode, subject, mode }) => ({
      description: description.slice(0, DESCRIPTION_LENGTH_MAX),
      quantity: '1.000',
      amount: amountOf(amount),
      vat_code: vatCode,
      payment_subject: subject,
      payment_mode: mode,
    })),
  }
}
