import type { Transaction } from 'kysely'
import { unseal } from '../../../../platform/identity/seal.ts'
import { findCardPayment, insertCardAsking } from '../../store/card-payments.ts'
import { findCard } from '../../store/cards.ts'
import type { Tables } from '../../store/tables.ts'
import { askAgain, askForMoney } from '../card-payments/ask-acquirer.ts'
import { requestOf } from '../card-payments/begin-card-payment.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { askPhone } from '../card-payments/line-phone.ts'
import { sealRequest } from '../card-payments/sealed-request.ts'
import { CARD_TOKEN } from '../cards/token.ts'
import { type CardAnswer, type CardCharge, noSavedCards, type SavedCards } from './saved-cards.ts'

const MINUTE_MS = 60_000

/**
 * Saved cards at the acquirer. What is asked is written down before it is asked, and from then on the payment is one by
 * card like any other: notices, the acquirer's list and the registry of a day know it.
 */
export function createAcquirerCards(dependencies: Omit<CardDependencies, 'savedCards'>): SavedCards {
  const all: CardDependencies = { ...dependencies, savedCards: noSavedCards }
  return {
    async isUsable(trx, { accountId, cardId }) {
      return dependencies.acquirer !== null && (await findCard(trx, accountId, cardId)) !== undefined
    },
    async charge(charge) {
      const key = { lineId: charge.lineId, paymentId: charge.paymentId }
      if (await findCardPayment(all.db, key)) await askAgain(all, key)
      else if (await writeDown(all, charge)) await askForMoney(all, key)
      // Nobody was asked, and nobody will be.
      else return { kind: 'refused', code: 'CARD_NOT_USABLE' }
      return answerOf(all, key)
    },
  }
}

/** False when there is no card to ask, or no line any more. */
async function writeDown(dependencies: CardDependencies, charge: CardCharge): Promise<boolean> {
  const { db, secrets, acquirer, clock } = dependencies
  const customerPhone = await askPhone(dependencies, charge.lineId)
  const token = acquirer && (await db.transaction().execute((trx) => tokenOf(trx, charge, secrets)))
  if (!token || customerPhone === null) return false
  const request = await requestOf(dependencies, { ...charge, customerPhone, way: { kind: 'SAVED_CARD_ALONE', token } })
  const { 'topUp.minutes': minutes } = await dependencies.policies.current()
  await db.transaction().execute((trx) =>
    insertCardAsking(trx, {
      lineId: charge.lineId,
      paymentId: charge.paymentId,
      requestSealed: sealRequest(request, dependencies),
      cardId: charge.cardId,
      isCardSaved: false,
      // From now on: it may have been begun long before anybody was there to ask.
      expiresAt: new Date(clock.now().getTime() + minutes * MINUTE_MS),
    }),
  )
  return true
}

async function tokenOf(
  trx: Transaction<Tables>,
  { accountId, cardId }: CardCharge,
  secrets: CardDependencies['secrets'],
): Promise<string | null> {
  const card = await findCard(trx, accountId, cardId)
  return card ? unseal(card.token_sealed, CARD_TOKEN, secrets) : null
}

/** What is known of the payment by now. */
async function answerOf(
  { db }: CardDependencies,
  key: { readonly lineId: string; readonly paymentId: string },
): Promise<CardAnswer> {
  const row = await findCardPayment(db, key)
  if (row?.state !== 'ENDED') return { kind: 'unknown' }
  if (row.status === 'SUCCEEDED' && row.acquirer_id !== null) {
    return { kind: 'succeeded', acquirerPaymentId: row.acquirer_id }
  }
  return { kind: 'refused', code: 'CARD_REFUSED' }
}
