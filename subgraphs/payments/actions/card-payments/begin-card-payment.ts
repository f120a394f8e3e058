import type { Transaction } from 'kysely'
import type { NewCardPayment, PaymentWay } from '../../../../platform/acquirer/acquirer.ts'
import { kopecks } from '../../../../platform/money.ts'
import { insertCardPayment } from '../../store/card-payments.ts'
import type { PaymentKind, Tables } from '../../store/tables.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { leaveFollowUp } from './follow-up.ts'
import type { MemberShare } from './member-share.ts'
import { FOLLOW_PAYMENT } from './queues.ts'
import { advanceReceipt } from './receipt.ts'
import { sealRequest } from './sealed-request.ts'

export interface CardPaymentWish {
  readonly kind: Extract<PaymentKind, 'TOP_UP' | 'AUTO_TOP_UP'>
  readonly lineId: string
  readonly accountId: string
  readonly amount: bigint
  readonly way: PaymentWay
  /** The saved card that pays; null when the customer types one. */
  readonly cardId: string | null
  /** Where the receipt goes, in E.164. */
  readonly customerPhone: string
  readonly share: MemberShare
}

const MINUTE_MS = 60_000
const DESCRIPTION = 'Пополнение счёта телефона'

/**
 * Writes a payment down, with what will be asked, and leaves the job that sees it through, in the caller's
 * transaction. Nobody has been asked for money yet: do that, or let the job do it, when this is committed.
 */
export async function beginCardPayment(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  wish: CardPaymentWish,
): Promise<string> {
  const { clock, newId } = dependencies
  const policies = await dependencies.policies.current()
  const now = clock.now()
  const paymentId = newId()
  const request = await requestOf(dependencies, { ...wish, paymentId })
  await insertCardPayment(trx, {
    lineId: wish.lineId,
    paymentId,
    kind: wish.kind,
    amount: wish.amount,
    accountId: wish.accountId,
    requestSealed: sealRequest(request, dependencies),
    cardId: wish.cardId,
    isCardSaved: wish.way.kind === 'PAGE' && wish.way.isCardSaved,
    now,
    details: wish.share,
    expiresAt: new Date(now.getTime() + policies['topUp.minutes'] * MINUTE_MS),
  })
  const key = { lineId: wish.lineId, paymentId }
  await leaveFollowUp(trx, dependencies, { queue: FOLLOW_PAYMENT, id: paymentId, key, count: 0 })
  return paymentId
}

/** What the acquirer is asked for a payment. */
export async function requestOf(
  { policies, currencyCode }: Pick<CardDependencies, 'policies' | 'currencyCode'>,
  wish: Pick<CardPaymentWish, 'lineId' | 'amount' | 'way' | 'customerPhone'> & { readonly paymentId: string },
): Promise<NewCardPayment> {
  const amount = { kopecks: kopecks(wish.amount), currencyCode }
  return {
    amount,
    description: DESCRIPTION,
    reference: { lineId: wish.lineId, paymentId: wish.paymentId },
    isCapturedAtOnce: true,
    way: wish.way,
    receipt: advanceReceipt(amount, wish.customerPhone, await policies.current()),
  }
}
