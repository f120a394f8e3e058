import { findCardPayment } from '../../store/card-payments.ts'
import { askAgain } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { expire } from './expire.ts'
import { followOn } from './follow-up.ts'
import { FOLLOW_PAYMENT, followedPayment } from './queues.ts'

/**
 * The job: asks, and leaves the next job unless there is nothing more to learn. Of what the acquirer has as something else
 * than was asked for there is, and people are told so, until somebody has put it right.
 */
export async function followPayment(dependencies: CardDependencies, data: unknown): Promise<void> {
  const { count, ...key } = followedPayment.parse(data)
  const learnt = await askAgain(dependencies, key)
  if (learnt === 'ended') return
  await expire(dependencies, key, learnt)
  const row = await findCardPayment(dependencies.db, key)
  if (!row) return
  await followOn(dependencies, { queue: FOLLOW_PAYMENT, id: row.payment_id, key, count }, row.expires_at)
}
