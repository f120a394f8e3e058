import type { Transaction } from 'kysely'
import type { NewCardRefund } from '../../../../platform/acquirer/acquirer.ts'
import { kopecks } from '../../../../platform/money.ts'
import { placeHold } from '../../ledger/holds.ts'
import { insertCardRefund } from '../../store/card-refunds.ts'
import type { Tables } from '../../store/tables.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
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

const DAY_MS = 86_400_000
const DESCRIPTION = 'Возврат пополнения'

/** Sets the money aside, and leaves the request and the job that sees it through, in the caller's transaction. */
export async function beginRefund(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  wish: RefundWish,
): Promise<string> {
  const { clock, newId, jobs, currencyCode } = dependencies
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
    expiresAt: new Date(now.getTime() + policies['refund.holdDays'] * DAY_MS),
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
  const startAfter = new Date(now.getTime() + policies['acquirer.pauseSeconds'] * 1_000)
  await jobs.send(trx, FOLLOW_REFUND, { data: { lineId, refundId, count: 1 }, startAfter })
  return refundId
}
