import type { Transaction } from 'kysely'
import type { CardPayment } from '../../../../platform/acquirer/acquirer.ts'
import { seal } from '../../../../platform/identity/seal.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import { give } from '../../ledger/posting.ts'
import {
  type CardPaymentKey,
  type CardPaymentRow,
  claimAcquirerPayment,
  endCardPayment,
  keyOf,
  lockCardPayment,
  openCardPayment,
  setPaymentStatus,
} from '../../store/card-payments.ts'
import { putCard } from '../../store/cards.ts'
import type { Tables } from '../../store/tables.ts'
import { CARD_TOKEN } from '../cards/token.ts'
import { settlePromisedPayment } from '../promised-payments/settle-promised-payment.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { fail, whatOf } from './fail.ts'
import { toCardFailure } from './failure.ts'
import { countForMember } from './member-share.ts'

/** What the acquirer's word came to: whether more is to be learnt of the payment. */
export type Settled = 'ended' | 'open' | 'notOurs'

/**
 * Does to one of our payments what the acquirer itself says of it, in one transaction under the payment's lock.
 * However often, late or out of order that is heard, money comes onto the line once: a success counts whatever came
 * before, and nothing counts after it.
 */
export async function settle(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  heard: CardPayment,
): Promise<Settled> {
  const settled = await dependencies.db.transaction().execute(async (trx): Promise<Settled> => {
    // The balance before the payment, as everybody does: so nobody waits in a circle.
    await lockBalance(trx, key.lineId, 'KOPECK')
    const row = await lockCardPayment(trx, key)
    if (!row) return 'notOurs'
    if (!(await isTheSame(trx, dependencies, row, heard))) return 'notOurs'
    switch (heard.status) {
      case 'SUCCEEDED':
        await credit(trx, dependencies, row, heard)
        return 'ended'
      case 'CANCELED':
        await fail(trx, dependencies, row, toCardFailure(heard.cancellation?.reason))
        return 'ended'
      default:
        if (row.state === 'ENDED') return 'ended'
        await openCardPayment(trx, key, heard.confirmationUrl)
        return 'open'
    }
  })
  if (settled === 'ended') dependencies.onEvent()
  return settled
}

/** One of theirs is one of ours, of the same amount. What is not is for people to look at, and moves no money. */
async function isTheSame(
  trx: Transaction<Tables>,
  { logger, currencyCode }: CardDependencies,
  row: CardPaymentRow,
  { id, amount }: CardPayment,
): Promise<boolean> {
  const about = { paymentId: row.payment_id, acquirerId: id }
  if (amount.kopecks !== row.amount || amount.currencyCode !== currencyCode) {
    logger.error(about, 'the acquirer has another amount for a payment of ours')
    return false
  }
  if (await claimAcquirerPayment(trx, keyOf(row), id)) return true
  logger.error(about, 'the acquirer has two payments for one of ours')
  return false
}

async function credit(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  row: CardPaymentRow,
  heard: CardPayment,
): Promise<void> {
  const now = dependencies.clock.now()
  const outcome = await post(trx, dependencies, {
    lineId: row.line_id,
    kind: 'TOP_UP',
    sourceKey: `acquirer:${heard.id}`,
    occurredAt: heard.capturedAt ?? now,
    movements: [give('KOPECK', 'CARD_ACQUIRING', row.amount)],
    cause: { paymentId: row.payment_id },
  })
  if (outcome.kind === 'alreadyPosted') return
  await settlePromisedPayment(trx, dependencies, row.line_id)
  // It was given up, and what a member had spent given back.
  if (row.status === 'FAILED') await countForMember(trx, row, row.amount)
  const cardId = await saveCard(trx, dependencies, row, heard)
  await setPaymentStatus(trx, keyOf(row), { status: 'SUCCEEDED', failure: null, now })
  await endCardPayment(trx, keyOf(row), { capturedAt: heard.capturedAt ?? now, cardId })
  if (row.kind !== 'TOP_UP') return
  const act = { lineId: row.line_id, act: 'TOP_UP_CREDITED', details: whatOf(row), concerns: row.account_id }
  await recordAct(trx, dependencies, act, forOurselves(row.payment_id))
}

/** The card that paid, where the customer wanted it kept. Null when it is not. */
async function saveCard(
  trx: Transaction<Tables>,
  dependencies: CardDependencies,
  { payment_id: paymentId, is_card_saved: isWanted, account_id: accountId }: CardPaymentRow,
  { card }: CardPayment,
): Promise<string | null> {
  if (isWanted && card === null) {
    dependencies.logger.error({ paymentId }, 'the acquirer does not say what card was to be kept')
  }
  if (!isWanted || accountId === null || !card?.isSaved) return null
  const { clock, newId, secrets, random } = dependencies
  const { 'card.savedMax': savedMax } = await dependencies.policies.current()
  const { brand, last4, expiryYear, expiryMonth, likeness } = card
  const tokenSealed = seal(card.token, CARD_TOKEN, secrets, random)
  return putCard(
    trx,
    {
      accountId,
      id: newId(),
      tokenSealed,
      fingerprint: likeness,
      brand,
      last4,
      expiryYear,
      expiryMonth,
      now: clock.now(),
    },
    savedMax,
  )
}
