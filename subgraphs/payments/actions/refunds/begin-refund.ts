import type { Transaction } from 'kysely'
import type { NewCardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { kopecks } from '../../../../platform/money.ts'
import { NEVER, placeHold } from '../../ledger/holds.ts'
import { insertCardRefund } from '../../store/card-refunds.ts'
import type { Tables } from '../../store/tables.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { leaveFollowUp } from '../card-payments/follow-up.ts'
import { FOLLOW_REFUND } from '../card-payments/queues.ts'
import { advanceReceipt } from '../card-payments/receipt.ts'
import { sealRequest } from '../card-payments/sealed-request.ts'
import { refundSourceKey } from './settle-refund.ts'

export interface RefundWish {
  readonly lineId: string
  readonly paymentId: string
  readonly acquirerPaymentId: string
  readonly amount: bigint
  readonly customerPhone: string
  readonly staffId: string
}

const DESCRIPTION = 'Возврат пополнения'

/** Sets the money aside, and leaves the request and the job that sees it through, in the caller's transaction. */
export async function beginRefund(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  wish: RefundWish,
): Promise<string> {
  const { clock, newId, currencyCode } = dependencies
  const { lineId, paymentId, acquirerPaymentId, staffId } = wish
  const policies = await dependencies.policies.current()
  const now = clock.now()
  const refundId = newId()
  const amount = { kopecks: kopecks(wish.amount), currencyCode }
  const request: NewCardRefund = {
    paymentId: acquirerPaymentId,
    amount,
    description: DESCRIPTION,
    receipt: advanceReceipt(amount, wish.customerPhone, policies),
  }
  await placeHold(trx, dependencies, {
    lineId,
    unit: 'KOPECK',
    amount: wish.amount,
    kind: 'CARD_REFUND',
    sourceKey: refundSourceKey({ id: refundId }),
    // Only the acquirer knows what becomes of it.
    expiresAt: NEVER,
  })
  const requestSealed = sealRequest(request, dependencies)
  await insertCardRefund(trx, {
    lineId,
    refundId,
    paymentId,
    acquirerPaymentId,
    amount: wish.amount,
    staffId,
    requestSealed,
    now,
  })
  await leaveFollowUp(trx, dependencies, { queue: FOLLOW_REFUND, id: refundId, key: { lineId, refundId }, count: 0 })
  return refundId
}
