import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { available, lockBalance } from '../../ledger/balance.ts'
import { lockCardPayment } from '../../store/card-payments.ts'
import { type CardRefundRow, findCardRefund, sumRefunds } from '../../store/card-refunds.ts'
import { type PaymentView, readPayment } from '../../store/payment-views.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { askPhone } from '../card-payments/line-phone.ts'
import { type KeyRefusal, once } from '../once.ts'
import { recordAct } from '../record-act.ts'
import { askForRefund, askForRefundAgain } from './ask-refund.ts'
import { beginRefund } from './begin-refund.ts'
import { failedRefundRules, type RefundFailed } from './refund-rules.ts'
import { staffKeyId } from './staff-key-id.ts'

export interface RefundPayment {
  readonly lineId: string
  readonly paymentId: string
  /** As the client wrote it; null for all that is not back yet. */
  readonly amount: string | null
  readonly idempotencyKey: string
}

export type RefundRefusal =
  | { readonly kind: 'paymentNotFound' }
  | { readonly kind: 'invalidAmount' }
  | { readonly kind: 'cardPaymentsUnavailable' }
  | { readonly kind: 'notEligible'; readonly failed: readonly RefundFailed[] }

export type RefundOutcome =
  | { readonly kind: 'begun'; readonly refund: CardRefundRow; readonly payment: PaymentView }
  | RefundRefusal
  | KeyRefusal

/** Gives money of a top-up back to its card, as staff decide. What goes back is set aside on the line first. */
export async function refundPayment(
  dependencies: CardDependencies,
  command: RefundPayment,
  viewer: Viewer,
): Promise<RefundOutcome> {
  const { principal } = viewer
  invariant(principal.kind === 'staff', 'only staff give money back')
  const lineId = parseId(command.lineId)
  const paymentId = parseId(command.paymentId)
  if (lineId === null || paymentId === null) return { kind: 'paymentNotFound' }
  if (dependencies.acquirer === null) return { kind: 'cardPaymentsUnavailable' }
  const customerPhone = await askPhone(dependencies, lineId)
  if (customerPhone === null) return { kind: 'paymentNotFound' }

  const personId = staffKeyId(principal.staffId)
  const keyed = {
    personId,
    operation: 'refundPayment',
    key: command.idempotencyKey,
    body: [lineId, paymentId, command.amount],
  }
  const wish = { lineId, paymentId, amountText: command.amount, customerPhone, staffId: principal.staffId }
  let isFirst = false
  const outcome = await once(dependencies, keyed, async (trx) => {
    const begun = await begin(trx, dependencies, wish, viewer)
    isFirst = begun.kind === 'begun'
    return begun
  })
  if (outcome.kind !== 'begun') return outcome
  dependencies.onEvent()
  const key = { lineId, refundId: outcome.refundId }
  await dependencies.background.run(async () => {
    await (isFirst ? askForRefund(dependencies, key) : askForRefundAgain(dependencies, key))
  })
  return readBegun(dependencies, key, paymentId)
}

async function readBegun(
  { db }: CardDependencies,
  key: { readonly lineId: string; readonly refundId: string },
  paymentId: string,
): Promise<RefundOutcome> {
  const [refund, payment] = await Promise.all([
    findCardRefund(db, key),
    readPayment(db, { lineId: key.lineId, paymentId }),
  ])
  invariant(refund && payment, 'a refund that was begun is there')
  return { kind: 'begun', refund, payment }
}

interface Wish {
  readonly lineId: string
  readonly paymentId: string
  readonly amountText: string | null
  readonly customerPhone: string
  readonly staffId: string
}

async function begin(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  wish: Wish,
  viewer: Viewer,
): Promise<{ readonly kind: 'begun'; readonly refundId: string } | RefundRefusal> {
  const { lineId, paymentId, amountText } = wish
  // The balance before the payment, as everybody does: so nobody waits in a circle.
  const balance = await lockBalance(trx, lineId, 'KOPECK')
  const payment = await lockCardPayment(trx, { lineId, paymentId })
  if (!payment || !balance) return { kind: 'paymentNotFound' }
  const left = payment.amount - (await sumRefunds(trx, { lineId, paymentId }))
  const amount = amountText === null ? left : parseKopecks(amountText)
  if (amount === null || (amountText !== null && amount <= 0n)) return { kind: 'invalidAmount' }
  const acquirerPaymentId = payment.status === 'SUCCEEDED' ? payment.acquirer_id : null
  const failed = failedRefundRules({
    isPaid: acquirerPaymentId !== null,
    amount,
    left,
    available: available(balance),
    isUnderReview: await isQuarantined(trx, lineId),
  })
  if (failed.length > 0 || acquirerPaymentId === null) return { kind: 'notEligible', failed }
  const refundId = await beginRefund(trx, dependencies, { ...wish, amount, acquirerPaymentId })
  const details = { paymentId, refundId, kopecks: String(amount) }
  await recordAct(trx, dependencies, { lineId, act: 'PAYMENT_REFUND_BEGUN', details }, viewer)
  return { kind: 'begun', refundId }
}
