import type { AcquirerNotice } from '../../../../platform/acquirer/notice-route.ts'
import { findByAcquirerId } from '../../store/card-payments.ts'
import { listPendingRefunds } from '../../store/card-refunds.ts'
import { askForRefundAgain } from '../refunds/ask-refund.ts'
import { finish } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'

/**
 * Hears that something has changed, and asks the acquirer what: the notice itself is believed in nothing. False when
 * the acquirer did not say, so that the notice is to come again; the jobs ask meanwhile all the same.
 */
export async function takeNotice(dependencies: CardDependencies, notice: AcquirerNotice): Promise<boolean> {
  return notice.kind === 'PAYMENT'
    ? hearOfPayment(dependencies, notice.id)
    : hearOfRefund(dependencies, notice.id, notice.paymentId)
}

async function hearOfPayment(dependencies: CardDependencies, acquirerId: string): Promise<boolean> {
  const { acquirer, db, logger } = dependencies
  const answer = await acquirer?.findPayment(acquirerId)
  if (!answer || answer.kind === 'unknown') return false
  if (answer.kind === 'refused') {
    logger.warn({ code: answer.code }, 'a notice of the acquirer is about a payment that it does not have')
    return true
  }
  const payment = answer.value
  const key = (await findByAcquirerId(db, payment.id)) ?? payment.reference
  const asked = key ? await finish(dependencies, key, payment) : 'notOurs'
  if (asked === 'notOurs')
    logger.warn({ acquirerId: payment.id }, 'a notice of the acquirer is about no payment of ours')
  return asked !== 'unknown'
}

/** Refunds have no word of ours in them: those of the payment that wait are asked for again, each by its own key. */
async function hearOfRefund(dependencies: CardDependencies, acquirerId: string, paymentId: string): Promise<boolean> {
  const { db, logger } = dependencies
  const key = await findByAcquirerId(db, paymentId)
  const waiting = key ? await listPendingRefunds(db, key) : []
  if (waiting.length === 0) logger.info({ acquirerId }, 'a notice of the acquirer is about no refund that waits')
  let isKnown = true
  for (const refund of waiting) {
    isKnown =
      (await askForRefundAgain(dependencies, { lineId: refund.line_id, refundId: refund.id })) !== 'unknown' && isKnown
  }
  return isKnown
}
