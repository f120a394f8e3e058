import { type Purchase, takePurchasesToAsk } from '../../store/purchases.ts'
import type { ActionDependencies } from '../actions.ts'
import { endPurchaseAs } from './end-purchase.ts'

const AT_ONCE = 20
const OVERDUE_MS = 86_400_000

/**
 * Has merchants take what was confirmed, and ends what they have answered. Any number of processes may: a merchant is asked
 * by one of them at a time, pays a transaction once, and each purchase ends once. Returns how many were asked about.
 */
export async function settlePurchases(dependencies: ActionDependencies): Promise<number> {
  const { db, clock, policies } = dependencies
  const { 'purchase.askAgainSeconds': firstSeconds, 'purchase.askAgainSecondsMax': maxSeconds } =
    await policies.current()
  const due = await takePurchasesToAsk(db, { now: clock.now(), firstSeconds, maxSeconds, limit: AT_ONCE })
  await Promise.all(due.map((purchase) => settlePurchase(dependencies, purchase)))
  return due.length
}

async function settlePurchase(dependencies: ActionDependencies, purchase: Purchase): Promise<void> {
  const { merchants, logger, clock } = dependencies
  const { merchantId, transactionId, reference, amount, begunAt, id: paymentId } = purchase
  const answer = await merchants.pay({ merchantId, transactionId, reference, amount, at: begunAt })
  if (answer.kind !== 'unknown') {
    await endPurchaseAs(dependencies, purchase, answer)
    return
  }
  if (clock.now().getTime() - begunAt.getTime() < OVERDUE_MS) return
  logger.error(
    { paymentId, merchantId, cause: answer.cause, asked: purchase.asked },
    'a purchase is a day old, and its merchant does not say how it ended',
  )
}
