import type { Transaction } from 'kysely'
import type { CardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { type CardPaymentRow, lockCardPayment, setPaymentStatus } from '../../store/card-payments.ts'
import {
  addRefunded,
  type CardRefundRow,
  claimAcquirerRefund,
  endCardRefund,
  findCardRefund,
  keyOfRefund,
  lockCardRefund,
} from '../../store/card-refunds.ts'
import type { Tables } from '../../store/tables.ts'
import { type Asking, isAskedSince } from '../card-payments/asking.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { countForMember } from '../card-payments/member-share.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

/** What is known after hearing of a refund. */
export type RefundAsked = 'ended' | 'unknown'

/**
 * Does what the acquirer says of a refund, once however often it says so. From now on it is asked for by its id, and so it
 * is when theirs is other than what was asked for: then people have to look, and what was set aside stays so meanwhile.
 */
export async function settleRefund(
  dependencies: CardDependencies,
  row: CardRefundRow,
  heard: CardRefund,
): Promise<RefundAsked> {
  const asked = await dependencies.db.transaction().execute(async (trx): Promise<RefundAsked> => {
    const payment = await lockRefunded(trx, row)
    if (!payment || !(await claimAcquirerRefund(trx, keyOfRefund(row), heard.id))) {
      return unclaimed(trx, dependencies, row, heard)
    }
    if (!isAsAsked(dependencies, row, heard)) {
      const about = { refundId: row.id, acquirerId: heard.id }
      dependencies.logger.error(about, 'the acquirer has another amount or payment for a refund of ours')
      return 'unknown'
    }
    if (heard.status === 'PENDING') return 'unknown'
    if (heard.status === 'SUCCEEDED') await giveBack(trx, dependencies, { row, payment, refundedAt: heard.createdAt })
    else await fail(trx, dependencies, { row, payment, failure: toFailure(heard) })
    return 'ended'
  })
  if (asked === 'ended') dependencies.onEvent()
  return asked
}

/** Whether one of theirs is what was asked for with one of ours. */
export function isAsAsked(
  { currencyCode }: Pick<CardDependencies, 'currencyCode'>,
  { acquirer_payment_id: acquirerPaymentId, amount }: CardRefundRow,
  heard: CardRefund,
): boolean {
  const isOfPayment = heard.paymentId === acquirerPaymentId
  return isOfPayment && heard.amount.kopecks === amount && heard.amount.currencyCode === currencyCode
}

/** Whoever was faster has ended it; anything else is for people to look at, and moves no money. */
async function unclaimed(
  trx: Transaction<Tables>,
  { logger }: CardDependencies,
  row: CardRefundRow,
  heard: CardRefund,
): Promise<RefundAsked> {
  const known = await findCardRefund(trx, keyOfRefund(row))
  const about = { refundId: row.id, acquirerId: heard.id }
  if (known?.status === 'PENDING') {
    logger.error(about, 'the acquirer has one refund for two of ours, or two for one')
    return 'unknown'
  }
  if (known?.status === 'FAILED' && heard.status === 'SUCCEEDED') {
    logger.error(about, 'the acquirer gave back what was no refund any more')
  }
  return 'ended'
}

interface Refunded {
  readonly row: CardRefundRow
  readonly payment: CardPaymentRow
}

/** The money is back on the card: what was set aside leaves the line. */
async function giveBack(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  { row, payment, refundedAt }: Refunded & { readonly refundedAt: Date },
): Promise<void> {
  const { clock, logger } = dependencies
  const [lineId, paymentId] = [row.line_id, row.payment_id]
  const now = clock.now()
  await endCardRefund(trx, keyOfRefund(row), { status: 'SUCCEEDED', failure: null, refundedAt, now })
  const hold = await findHold(trx, { lineId, sourceKey: refundSourceKey(row) })
  const movements = [take('KOPECK', 'CARD_ACQUIRING', row.amount)]
  const posted = hold && (await captureHold(trx, dependencies, hold, { movements, cause: { paymentId } }))
  // Nothing is taken that is not there: the comparison with the registry shows it to people.
  if (!posted) logger.error({ refundId: row.id }, 'a refund succeeded after its money was free again')
  const details = { paymentId, refundId: row.id, kopecks: String(row.amount) }
  const act = { lineId, act: 'PAYMENT_REFUNDED', details, concerns: payment.account_id }
  await recordAct(trx, dependencies, act, forOurselves(row.id))
  await countForMember(trx, payment, -row.amount)
  const refunded = await addRefunded(trx, { lineId, paymentId }, row.amount)
  if (refunded < payment.amount) return
  await setPaymentStatus(trx, { lineId, paymentId }, { status: 'REFUNDED', failure: null, now })
}

/** The money stays on the line, which is told to whom the refund was to be. */
async function fail(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  { row, payment, failure }: Refunded & { readonly failure: string },
): Promise<void> {
  const [lineId, paymentId] = [row.line_id, row.payment_id]
  const now = dependencies.clock.now()
  await endCardRefund(trx, keyOfRefund(row), { status: 'FAILED', failure, refundedAt: null, now })
  const hold = await findHold(trx, { lineId, sourceKey: refundSourceKey(row) })
  if (hold) await releaseHold(trx, hold, now)
  const details = { paymentId, refundId: row.id, kopecks: String(row.amount), failure }
  const act = { lineId, act: 'PAYMENT_REFUND_FAILED', details, concerns: payment.account_id }
  await recordAct(trx, dependencies, act, forOurselves(row.id))
}

/** Ends a refund that the acquirer has nothing of, unless it was heard of or asked for again meanwhile. */
export async function giveUpRefund(
  dependencies: CardDependencies,
  row: CardRefundRow,
  asking: Asking,
): Promise<RefundAsked> {
  const asked = await dependencies.db.transaction().execute(async (trx): Promise<RefundAsked> => {
    const payment = await lockRefunded(trx, row)
    const known = await lockCardRefund(trx, keyOfRefund(row))
    if (!payment || known?.status !== 'PENDING') return 'ended'
    if (known.acquirer_id !== null || isAskedSince(asking, known.asked_at)) return 'unknown'
    await fail(trx, dependencies, { row, payment, failure: 'NOT_ACCEPTED' })
    return 'ended'
  })
  if (asked === 'ended') dependencies.onEvent()
  return asked
}

function toFailure({ cancellation }: CardRefund): string {
  return cancellation?.reason === 'insufficient_funds' ? 'INSUFFICIENT_FUNDS' : 'DECLINED'
}

/** The balance before the payment, as everybody does: so nobody waits in a circle. */
async function lockRefunded(
  trx: Transaction<Tables>,
  { line_id: lineId, payment_id: paymentId }: CardRefundRow,
): Promise<CardPaymentRow | undefined> {
  await lockBalance(trx, lineId, 'KOPECK')
  return lockCardPayment(trx, { lineId, paymentId })
}

/** Names the hold and the posting of a refund. */
export function refundSourceKey({ id }: { readonly id: string }): string {
  return `card-refund:${id}`
}
