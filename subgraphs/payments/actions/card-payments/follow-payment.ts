import type { CardPaymentKey } from '../../store/card-payments.ts'
import { findCardPayment, lockCardPayment } from '../../store/card-payments.ts'
import { askAgain } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { giveUp } from './fail.ts'
import { pauseSeconds } from './pause.ts'
import { FOLLOW_PAYMENT, followedPayment } from './queues.ts'

const DAY_MS = 86_400_000

/** The job: asks, and leaves the next job unless there is nothing more to learn. */
export async function followPayment(dependencies: CardDependencies, data: unknown): Promise<void> {
  const { count, ...key } = followedPayment.parse(data)
  const asked = await askAgain(dependencies, key)
  if (asked === 'ended' || asked === 'notOurs') return
  await expire(dependencies, key)
  await followOn(dependencies, key, count)
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

async function followOn(dependencies: CardDependencies, key: CardPaymentKey, count: number): Promise<void> {
  const { db, clock, jobs, logger } = dependencies
  const policies = await dependencies.policies.current()
  const now = clock.now().getTime()
  const row = await findCardPayment(db, key)
  if (!row) return
  if (now > row.expires_at.getTime() + policies['acquirer.followDays'] * DAY_MS) {
    logger.error({ paymentId: key.paymentId }, 'the acquirer never said what became of a payment')
    return
  }
  const pause = pauseSeconds(count, policies)
  await db.transaction().execute((trx) =>
    jobs.send(trx, FOLLOW_PAYMENT, {
      data: { ...key, count: count + 1 },
      startAfter: new Date(now + pause * 1_000),
    }),
  )
}
