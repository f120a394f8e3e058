import type { Transaction } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/** What automatic payments need of saved cards and of the acquirer. */
export interface SavedCards {
  /** Whether an account has such a card, and it can still pay; null while nobody is there to ask. */
  isUsable(
    trx: Transaction<Tables>,
    card: { readonly accountId: string; readonly cardId: string },
  ): Promise<boolean | null>
  /**
   * Takes money from a card without asking its holder. However often and however late it is called with one key, the
   * money is taken once, and each answer but `unknown` is the last word. Whoever credits the line for the acquirer's
   * payment does so under the same source key, so that it is credited once.
   */
  charge(charge: CardCharge): Promise<CardAnswer>
}

export interface CardCharge {
  /** The payment on our side. */
  readonly paymentId: string
  readonly idempotenceKey: string
  readonly lineId: string
  readonly accountId: string
  readonly cardId: string
  readonly amount: bigint
}

export type CardAnswer =
  | { readonly kind: 'succeeded'; readonly acquirerPaymentId: string }
  | { readonly kind: 'refused'; readonly code: string }
  /** Nothing was taken, and the card has no part in it: there was nobody to ask, or something is wrong on our side. */
  | { readonly kind: 'notMade' }
  /** No answer came, or none that can be read: it may have been done. */
  | { readonly kind: 'unknown' }

/** Of a refusal: money may have left the card, and nothing more is to be taken off it before people have looked. */
export const NOT_AS_ASKED = 'NOT_AS_ASKED'

/** Of an operator without an acquirer: there is nobody to ask. */
export const noSavedCards: SavedCards = {
  isUsable: async () => null,
  charge: async () => ({ kind: 'unknown' }),
}
