import type { RefusalCode } from '../../../../platform/acquirer/acquirer.ts'
import type { AcquirerNotice } from '../../../../platform/acquirer/notice-route.ts'
import { findByAcquirerId } from '../../store/card-payments.ts'
import { findByAcquirerRefund, keyOfRefund, listPendingRefunds } from '../../store/card-refunds.ts'
import { askForRefundAgain } from '../refunds/ask-refund.ts'
import { settleRefund } from '../refunds/settle-refund.ts'
import { finish } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'

/**
 * Hears that something has changed, and asks the acquirer what: the notice itself is believed in nothing. False when
 * the acquirer did not say, or refused to, so that the notice is to come again; the jobs ask meanwhile all the same.
 */
export async function takeNotice(dependencies: CardDependencies, notice: AcquirerNotice): Promise<boolean> {
  return notice.kind === 'PAYMENT' ? hearOfPayment(dependencies, notice.id) : hearOfRefund(dependencies, notice.id)
}

async function hearOfPayment(dependencies: CardDependencies, acquirerId: string): Promise<boolean> {
  const { acquirer, db, logger } = dependencies
  const answer = await acquirer?.findPayment(acquirerId)
  if (!answer || answer.kind === 'unknown') return false
  if (answer.kind === 'refused') return isOfNothing(dependencies, answer.code)
  const payment = answer.value
  const key = (await findByAcquirerId(db, payment.id)) ?? payment.reference
  const asked = key ? await finish(dependencies, key, payment) : 'notOurs'
  if (asked === 'notOurs')
    logger.warn({ acquirerId: payment.id }, 'a notice of the acquirer is about no payment of ours')
  return asked !== 'unknown'
}

/** Whether the acquirer has nothing of what a notice names. Refused for another reason, it was not asked at all. */
function isOfNothing({ logger }: CardDependencies, code: RefusalCode): boolean {
  if (code === 'NOT_FOUND') {
    logger.warn('a notice of the acquirer is about what it does not have')
    return true
  }
  logger.error({ code }, 'the acquirer refuses to say what its notice is about')
  return false
}

/**
 * Refunds have no word of ours in them. One that we know by its id is settled; else it may be one of those of its payment
 * whose answer was not heard: they are asked for again, each by its own key.
 */
async function hearOfRefund(dependencies: CardDependencies, acquirerId: string): Promise<boolean> {
  const { acquirer, db, logger } = dependencies
  const answer = await acquirer?.findRefund(acquirerId)
  if (!answer || answer.kind === 'unknown') return false
  if (answer.kind === 'refused') return isOfNothing(dependencies, answer.code)
  const heard = answer.value
  const key = await findByAcquirerId(db, heard.paymentId)
  const known = key && (await findByAcquirerRefund(db, { lineId: key.lineId, acquirerId: heard.id }))
  if (known) {
    await settleRefund(dependencies, known, heard)
    return true
  }
  const waiting = key ? await listPendingRefunds(db, key) : []
  if (waiting.length === 0) logger.warn({ acquirerId }, 'a notice of the acquirer is about no refund of ours')
  let isKnown = true
  for (const refund of waiting) {
    isKnown = (await askForRefundAgain(dependencies, keyOfRefund(refund))) !== 'unknown' && isKnown
  }
  return isKnown
}
