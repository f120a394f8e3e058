import { type Acquirer, KEY_HOURS, type NewCardRefund } from '../../../../platform/acquirer/acquirer.ts'
import {
  type CardRefundKey,
  type CardRefundRow,
  findByAcquirerRefund,
  findCardRefund,
  markRefundAsked,
} from '../../store/card-refunds.ts'
import { type Asking, hasArrived, spanOf } from '../card-payments/asking.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { unsealRequest } from '../card-payments/sealed-request.ts'
import { giveUpRefund, isAsAsked, type RefundAsked, settleRefund } from './settle-refund.ts'

const HOUR_MS = 3_600_000

/**
 * Asks for a refund for the first time. A refusal is the end of it, unless somebody has asked before, at the same moment:
 * that may come through.
 */
export async function askForRefund(dependencies: CardDependencies, key: CardRefundKey): Promise<RefundAsked> {
  return ask(dependencies, key, async (row, _, asking) =>
    asking.unheardAt === null ? giveUpRefund(dependencies, row, asking) : 'unknown',
  )
}

/** Asks again by the same key. What was refused now may have come through before: the acquirer's list tells. */
export async function askForRefundAgain(dependencies: CardDependencies, key: CardRefundKey): Promise<RefundAsked> {
  return ask(dependencies, key, (row, acquirer, asking) => search(dependencies, acquirer, row, asking))
}

async function ask(
  dependencies: CardDependencies,
  key: CardRefundKey,
  onRefused: (row: CardRefundRow, acquirer: Acquirer, asking: Asking) => Promise<RefundAsked>,
): Promise<RefundAsked> {
  const { acquirer, db, clock, logger } = dependencies
  const row = await findCardRefund(db, key)
  if (row?.status !== 'PENDING') return 'ended'
  if (acquirer === null) return 'unknown'
  if (row.acquirer_id !== null) return find(dependencies, acquirer, { row, acquirerId: row.acquirer_id })
  const request = unsealRequest<NewCardRefund>(row.request_sealed, dependencies)
  const now = clock.now()
  // A key that is forgotten would give the money back a second time.
  const isKeyGood = now.getTime() < row.created_at.getTime() + (KEY_HOURS - 1) * HOUR_MS
  if (request === null || !isKeyGood) {
    return search(dependencies, acquirer, row, { at: row.asked_at, unheardAt: row.asked_at })
  }
  const mark = await markRefundAsked(db, key, now)
  // Somebody else has heard of it meanwhile.
  if (!mark) return 'unknown'
  const answer = await acquirer.createRefund(request, row.id)
  if (answer.kind === 'unknown') return 'unknown'
  if (answer.kind === 'done') return settleRefund(dependencies, row, answer.value)
  logger.error({ refundId: row.id, code: answer.code }, 'the acquirer refused a refund')
  return onRefused(row, acquirer, { at: mark.at, unheardAt: mark.before })
}

/** Asks by the acquirer's own id, which it never forgets. */
async function find(
  dependencies: CardDependencies,
  acquirer: Acquirer,
  { row, acquirerId }: { readonly row: CardRefundRow; readonly acquirerId: string },
): Promise<RefundAsked> {
  const answer = await acquirer.findRefund(acquirerId)
  if (answer.kind === 'done') return settleRefund(dependencies, row, answer.value)
  if (answer.kind === 'refused') {
    dependencies.logger.error({ refundId: row.id, code: answer.code }, 'the acquirer does not show a refund')
  }
  return 'unknown'
}

/** Looks for it among the refunds of its time: one of the same payment and amount that is no other's of ours. */
async function search(
  dependencies: CardDependencies,
  acquirer: Acquirer,
  row: CardRefundRow,
  asking: Asking,
): Promise<RefundAsked> {
  const { db, clock } = dependencies
  const span = spanOf(row.created_at, asking.at ?? row.created_at)
  let cursor: string | null = null
  do {
    const answer: Awaited<ReturnType<Acquirer['listRefunds']>> = await acquirer.listRefunds({ ...span, cursor })
    if (answer.kind !== 'done') return 'unknown'
    for (const refund of answer.value.items) {
      const theirs = { lineId: row.line_id, acquirerId: refund.id }
      const isLike = isAsAsked(dependencies, row, refund)
      if (isLike && !(await findByAcquirerRefund(db, theirs))) return settleRefund(dependencies, row, refund)
    }
    cursor = answer.value.next
  } while (cursor !== null)
  return hasArrived(asking, clock.now()) ? giveUpRefund(dependencies, row, asking) : 'unknown'
}
