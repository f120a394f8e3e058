import { findCardRefund } from '../../store/card-refunds.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { followOn } from '../card-payments/follow-up.ts'
import { FOLLOW_REFUND, followedRefund } from '../card-payments/queues.ts'
import { askForRefundAgain } from './ask-refund.ts'

/** The job: asks, and leaves the next job unless the refund has ended. */
export async function followRefund(dependencies: CardDependencies, data: unknown): Promise<void> {
  const { count, ...key } = followedRefund.parse(data)
  if ((await askForRefundAgain(dependencies, key)) === 'ended') return
  const row = await findCardRefund(dependencies.db, key)
  if (!row) return
  await followOn(dependencies, { queue: FOLLOW_REFUND, id: row.id, key, count }, row.created_at)
}
