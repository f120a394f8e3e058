import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { pauseSeconds } from '../card-payments/pause.ts'
import { FOLLOW_REFUND, followedRefund } from '../card-payments/queues.ts'
import { askForRefundAgain } from './ask-refund.ts'

/** The job: asks, and leaves the next job unless the refund has ended. */
export async function followRefund(dependencies: CardDependencies, data: unknown): Promise<void> {
  const { count, ...key } = followedRefund.parse(data)
  if ((await askForRefundAgain(dependencies, key)) === 'ended') return
  const { db, clock, jobs } = dependencies
  const pause = pauseSeconds(count, await dependencies.policies.current())
  const startAfter = new Date(clock.now().getTime() + pause * 1_000)
  await db
    .transaction()
    .execute((trx) => jobs.send(trx, FOLLOW_REFUND, { data: { ...key, count: count + 1 }, startAfter }))
}
