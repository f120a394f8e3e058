import { MERCHANT_TIMEOUT_MS, type MerchantAnswer } from '../../../../platform/merchants/merchants.ts'
import { readPayment } from '../../store/payment-views.ts'
import { type Purchase, postponePurchase, takePurchasesToAsk } from '../../store/purchases.ts'
import type { ActionDependencies } from '../actions.ts'
import { growingPauseSeconds } from '../growing-pause.ts'
import { endPurchaseAs, type FinalAnswer } from './end-purchase.ts'

/** Of one merchant, by one process: one that hangs keeps no more waiting than these. */
const AT_ONCE = 5
/** Longer than any answer is waited for, and what comes before and after it: until then nobody else asks. */
const LEASE_MS = 3 * MERCHANT_TIMEOUT_MS
const OVERDUE_MS = 86_400_000

/** Asks merchants, each beside the others: one that hangs holds up its own purchases alone. */
export interface PurchaseSettling {
  /** Begins to ask of what is due; does not wait for the answers. Gives how many are asked about. */
  look(): Promise<number>
  /** When all that was asked is answered, or has not been in time. */
  settled(): Promise<void>
}

/**
 * Has merchants take what was confirmed, and ends what they have answered. Any number of processes may: a purchase is asked
 * about by one of them at a time, is paid once by its transaction, and ends once.
 */
export function createPurchaseSettling(dependencies: ActionDependencies): PurchaseSettling {
  const { db, clock, logger } = dependencies
  /** What is waited for: how many of each merchant, and all. */
  const waiting = new Map<string, number>()
  const answers = new Set<Promise<void>>()

  function settle(purchase: Purchase): void {
    const { merchantId } = purchase
    waiting.set(merchantId, (waiting.get(merchantId) ?? 0) + 1)
    const answer = settlePurchase(dependencies, purchase)
      // It is asked again when the lease is over.
      .catch((error: unknown) => logger.warn({ err: error, merchantId }, 'a purchase was not settled'))
      .finally(() => {
        waiting.set(merchantId, (waiting.get(merchantId) ?? 1) - 1)
        answers.delete(answer)
      })
    answers.add(answer)
  }

  return {
    async look() {
      const now = clock.now()
      const until = new Date(now.getTime() + LEASE_MS)
      const due = await takePurchasesToAsk(db, { now, until, waiting, eachLimit: AT_ONCE })
      for (const purchase of due) settle(purchase)
      return due.length
    },
    async settled() {
      await Promise.all(answers)
    },
  }
}

async function settlePurchase(dependencies: ActionDependencies, purchase: Purchase): Promise<void> {
  const { merchantId, transactionId, reference, amount, begunAt } = purchase
  const answer = await dependencies.merchants.pay({ merchantId, transactionId, reference, amount, at: begunAt })
  if (answer.kind === 'unknown') return askLater(dependencies, purchase, answer)
  if (await endPurchaseAs(dependencies, purchase, answer)) return
  await compareEnds(dependencies, purchase, answer)
}

async function askLater(
  { db, clock, logger, policies }: ActionDependencies,
  purchase: Purchase,
  { cause }: Extract<MerchantAnswer, { kind: 'unknown' }>,
): Promise<void> {
  const { 'purchase.askAgainSeconds': first, 'purchase.askAgainSecondsMax': max } = await policies.current()
  const pauseMs = growingPauseSeconds({ first, max }, purchase.asked - 1) * 1_000
  const now = clock.now().getTime()
  await postponePurchase(db, purchase, new Date(now + pauseMs))
  const { id: paymentId, merchantId, begunAt, asked } = purchase
  if (now - begunAt.getTime() < OVERDUE_MS) return
  logger.error(
    { paymentId, merchantId, cause, asked },
    'a purchase is a day old, and its merchant does not say how it ended',
  )
}

/** It has ended before. As the merchant says now, or, by somebody's hand, otherwise: that is for people to make good. */
async function compareEnds(
  { db, logger }: ActionDependencies,
  { id: paymentId, lineId, merchantId, transactionId }: Purchase,
  answer: FinalAnswer,
): Promise<void> {
  const status = (await readPayment(db, { lineId, paymentId }))?.status
  if (status === (answer.kind === 'done' ? 'SUCCEEDED' : 'FAILED')) return
  logger.error(
    { paymentId, merchantId, transactionId, status, said: answer.kind },
    'a merchant says of a purchase another end than it had',
  )
}
