import type { CardPaymentKey } from '../../store/card-payments.ts'
import { findCardPayment, lockCardPayment } from '../../store/card-payments.ts'
import { askAgain } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { giveUp } from './fail.ts'
import { followOn } from './follow-up.ts'
import { FOLLOW_PAYMENT, followedPayment } from './queues.ts'

/** The job: asks, and leaves the next job unless there is nothing more to learn. */
export async function followPayment(dependencies: CardDependencies, data: unknown): Promise<void> {
  const { count, ...key } = followedPayment.parse(data)
  const asked = await askAgain(dependencies, key)
  if (asked === 'ended' || asked === 'notOurs') return
  await expire(dependencies, key)
  const row = await findCardPayment(dependencies.db, key)
  if (!row) return
  await followOn(dependencies, { queue: FOLLOW_PAYMENT, id: row.payment_id, key, count }, row.expires_at)
}

/** The customer is told that it is over. What the acquirer says later still counts. */
async function expire(dependencies: CardDependencies, key: CardPaymentKey): Promise<void> {
  const { db, clock, onEvent } = dependencies
  const now = clock.now()
  await db.transaction().execute(async (trx) => {
    const row = await lockCardPayment(trx, key)
    if (row?.state !== 'OPEN' || row.status !== 'PENDING' || row.expires_at > now) return
    await giveUp(trx, dependencies, row, 'EXPIRED')
  })
  onEvent()
}
