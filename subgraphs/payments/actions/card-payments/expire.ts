import { type CardPaymentKey, lockCardPayment } from '../../store/card-payments.ts'
import type { Learnt } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { giveUp } from './fail.ts'

/**
 * Tells the customer that the time to pay is over, when it is, and the acquirer has the payment, or has as it something
 * that was not asked for. What it says later still counts.
 */
export async function expire(
  { db, ...dependencies }: CardDependencies,
  key: CardPaymentKey,
  learnt: Learnt,
): Promise<void> {
  const now = dependencies.clock.now()
  await db.transaction().execute(async (trx) => {
    const row = await lockCardPayment(trx, key)
    if (row?.status !== 'PENDING' || row.expires_at > now) return
    // What is not known is not said.
    if (row.state === 'ASKING' && learnt !== 'notOurs') return
    await giveUp(trx, dependencies, row, 'EXPIRED')
  })
  dependencies.onEvent()
}
