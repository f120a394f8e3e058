import { unseal } from '../../../../platform/identity/seal.ts'
import { type CardPaymentKey, findCardPayment, insertCardAsking } from '../../store/card-payments.ts'
import { findCard } from '../../store/cards.ts'
import { askAgain, askForMoney } from '../card-payments/ask-acquirer.ts'
import { requestOf } from '../card-payments/begin-card-payment.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { expire } from '../card-payments/expire.ts'
import { askPhone } from '../card-payments/line-phone.ts'
import { sealRequest } from '../card-payments/sealed-request.ts'
import { CARD_TOKEN } from '../cards/token.ts'
import { type CardAnswer, type CardCharge, NOT_AS_ASKED, noSavedCards, type SavedCards } from './saved-cards.ts'

const MINUTE_MS = 60_000

/**
 * Saved cards at the acquirer. What is asked is written down before it is asked, and from then on the payment is one by
 * card like any other: notices, the acquirer's list and the registry of a day know it.
 */
export function createAcquirerCards(dependencies: Omit<CardDependencies, 'savedCards'>): SavedCards {
  const all: CardDependencies = { ...dependencies, savedCards: noSavedCards }
  return {
    async isUsable(trx, { accountId, cardId }) {
      return dependencies.acquirer === null ? null : (await findCard(trx, accountId, cardId)) !== undefined
    },
    async charge(charge) {
      const key = { lineId: charge.lineId, paymentId: charge.paymentId }
      if (await findCardPayment(all.db, key)) {
        const learnt = await askAgain(all, key)
        // The rest is waited for, for as long as it takes.
        if (learnt === 'notOurs') await expire(all, key, learnt)
        return answerOf(all, key)
      }
      if (all.acquirer === null) return { kind: 'unknown' }
      const hindrance = await writeDown(all, charge)
      if (hindrance !== null) return hindrance
      await askForMoney(all, key)
      return answerOf(all, key)
    },
  }
}

/** Null when it is done; else the last word: nobody was asked, and nobody will be. */
async function writeDown(dependencies: CardDependencies, charge: CardCharge): Promise<CardAnswer | null> {
  const { db, secrets, clock } = dependencies
  const { accountId, cardId, paymentId } = charge
  const customerPhone = await askPhone(dependencies, charge.lineId)
  // The line was closed since: the next look ends the automatic payment.
  if (customerPhone === null) return { kind: 'notMade' }
  const card = await db.transaction().execute((trx) => findCard(trx, accountId, cardId))
  // A secret that was dropped takes the cards with it that were saved under it.
  const token = card ? unseal(card.token_sealed, CARD_TOKEN, secrets) : null
  if (token === null) return { kind: 'refused', code: 'CARD_NOT_USABLE' }
  const request = await requestOf(dependencies, { ...charge, customerPhone, way: { kind: 'SAVED_CARD_ALONE', token } })
  const { 'topUp.minutes': minutes } = await dependencies.policies.current()
  await db.transaction().execute((trx) =>
    insertCardAsking(trx, {
      lineId: charge.lineId,
      paymentId,
      requestSealed: sealRequest(request, dependencies),
      cardId,
      isCardSaved: false,
      // From now on: it may have been begun long before anybody was there to ask.
      expiresAt: new Date(clock.now().getTime() + minutes * MINUTE_MS),
    }),
  )
  return null
}

/** What is known of the payment by now. */
async function answerOf({ db }: CardDependencies, key: CardPaymentKey): Promise<CardAnswer> {
  const row = await findCardPayment(db, key)
  if (row?.state !== 'ENDED') {
    // Given up, and more is to be learnt: the acquirer has as it what was not asked for.
    return row?.status === 'FAILED' ? { kind: 'refused', code: NOT_AS_ASKED } : { kind: 'unknown' }
  }
  // What was given back since had been taken.
  if (row.status !== 'FAILED' && row.acquirer_id !== null) {
    return { kind: 'succeeded', acquirerPaymentId: row.acquirer_id }
  }
  // Nobody is waited for who could let the time to pay go by.
  return row.failure === 'EXPIRED' ? { kind: 'notMade' } : { kind: 'refused', code: 'CARD_REFUSED' }
}
