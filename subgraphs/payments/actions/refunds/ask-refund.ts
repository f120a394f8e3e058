import { type Acquirer, KEY_HOURS, type NewCardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { type CardRefundKey, type CardRefundRow, findCardRefund, isKnownRefund } from '../../store/card-refunds.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { unsealRequest } from '../card-payments/sealed-request.ts'
import { failRefund, type RefundAsked, settleRefund } from './settle-refund.ts'

const HOUR_MS = 3_600_000
/** Our clock and the acquirer's are not the same. */
const CLOCK_DIFFERENCE_MAX_MS = 10 * 60_000

/** Asks for a refund for the first time: a refusal is the end of it. */
export async function askForRefund(dependencies: CardDependencies, key: CardRefundKey): Promise<RefundAsked> {
  return ask(dependencies, key, async (row) =>
    failRefund(dependencies, row, { acquirerId: null, failure: 'NOT_ACCEPTED' }),
  )
}

/** Asks again by the same key. What was refused now may have come through before: the acquirer's list tells. */
export async function askForRefundAgain(dependencies: CardDependencies, key: CardRefundKey): Promise<RefundAsked> {
  return ask(dependencies, key, (row, acquirer) => search(dependencies, acquirer, row))
}

async function ask(
  dependencies: CardDependencies,
  key: CardRefundKey,
  onRefused: (row: CardRefundRow, acquirer: Acquirer) => Promise<RefundAsked>,
): Promise<RefundAsked> {
  const { acquirer, db, clock, logger } = dependencies
  const row = await findCardRefund(db, key)
  if (row?.status !== 'PENDING') return 'ended'
  if (acquirer === null) return 'unknown'
  const request = unsealRequest<NewCardRefund>(row.request_sealed, dependencies)
  // A key that is forgotten would give the money back a second time.
  const isKeyGood = clock.now().getTime() < row.created_at.getTime() + (KEY_HOURS - 1) * HOUR_MS
  if (request === null || !isKeyGood) return search(dependencies, acquirer, row)
  const answer = await acquirer.createRefund(request, row.id)
  if (answer.kind === 'unknown') return 'unknown'
  if (answer.kind === 'done') return settleRefund(dependencies, row, answer.value)
  logger.error({ refundId: row.id, code: answer.code }, 'the acquirer refused a refund')
  return onRefused(row, acquirer)
}

/** Looks for it among the refunds of its time: one of the same payment and amount that is no other's of ours. */
async function search(dependencies: CardDependencies, acquirer: Acquirer, row: CardRefundRow): Promise<RefundAsked> {
  const from = new Date(row.created_at.getTime() - CLOCK_DIFFERENCE_MAX_MS)
  const before = new Date(dependencies.clock.now().getTime() + CLOCK_DIFFERENCE_MAX_MS)
  let cursor: string | null = null
  do {
    const answer: Awaited<ReturnType<Acquirer['listRefunds']>> = await acquirer.listRefunds({ from, before, cursor })
    if (answer.kind !== 'done') return 'unknown'
    for (const refund of answer.value.items) {
      const isLike = refund.paymentId === row.acquirer_payment_id && refund.amount.kopecks === row.amount
      if (isLike && !(await isKnownRefund(dependencies.db, row.line_id, refund.id))) {
        return settleRefund(dependencies, row, refund)
      }
    }
    cursor = answer.value.next
  } while (cursor !== null)
  return failRefund(dependencies, row, { acquirerId: null, failure: 'NOT_ACCEPTED' })
}
