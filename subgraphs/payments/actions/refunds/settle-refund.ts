import type { Transaction } from 'kysely'
import type { CardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import { type CardPaymentRow, lockCardPayment, setPaymentStatus } from '../../store/card-payments.ts'
import { addRefunded, type CardRefundRow, endCardRefund } from '../../store/card-refunds.ts'
import type { Tables } from '../../store/tables.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { countForMember } from '../card-payments/member-share.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'

/** What is known after hearing of a refund. */
export type RefundAsked = 'ended' | 'unknown'

/** Does what the acquirer says of a refund, once however often it says so. */
export async function settleRefund(
  dependencies: CardDependencies,
  row: CardRefundRow,
  { id, status, cancellation, createdAt }: CardRefund,
): Promise<RefundAsked> {
  if (status === 'PENDING') return 'unknown'
  if (status === 'SUCCEEDED') return giveBack(dependencies, row, { acquirerId: id, refundedAt: createdAt })
  const failure = cancellation?.reason === 'insufficient_funds' ? 'INSUFFICIENT_FUNDS' : 'DECLINED'
  return failRefund(dependencies, row, { acquirerId: id, failure })
}

/** The money is back on the card: what was set aside leaves the line. */
async function giveBack(
  dependencies: CardDependencies,
  row: CardRefundRow,
  { acquirerId, refundedAt }: { readonly acquirerId: string; readonly refundedAt: Date },
): Promise<RefundAsked> {
  const { db, clock, logger, onEvent } = dependencies
  const [lineId, paymentId] = [row.line_id, row.payment_id]
  await db.transaction().execute(async (trx) => {
    const payment = await lockRefunded(trx, row)
    const now = clock.now()
    const end = { status: 'SUCCEEDED', acquirerId, failure: null, refundedAt, now } as const
    if (!payment || !(await endCardRefund(trx, { lineId, refundId: row.id }, end))) return
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
  })
  onEvent()
  return 'ended'
}

/** The money stays on the line. */
export async function failRefund(
  { db, clock }: CardDependencies,
  row: CardRefundRow,
  { acquirerId, failure }: { readonly acquirerId: string | null; readonly failure: string },
): Promise<RefundAsked> {
  const lineId = row.line_id
  await db.transaction().execute(async (trx) => {
    await lockRefunded(trx, row)
    const now = clock.now()
    const end = { status: 'FAILED', acquirerId, failure, refundedAt: null, now } as const
    if (!(await endCardRefund(trx, { lineId, refundId: row.id }, end))) return
    const hold = await findHold(trx, { lineId, sourceKey: refundSourceKey(row) })
    if (hold) await releaseHold(trx, hold, now)
  })
  return 'ended'
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
