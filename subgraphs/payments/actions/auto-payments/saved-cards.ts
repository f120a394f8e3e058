import type { Transaction } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/** What automatic payments need of saved cards and of the acquirer. */
export interface SavedCards {
  /** Whether an account has such a card, and it can still pay. */
  isUsable(trx: Transaction<Tables>, card: { readonly accountId: string; readonly cardId: string }): Promise<boolean>
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
  /** No answer came, or none that can be read: it may have been done. */
  | { readonly kind: 'unknown' }

/** Of an operator without an acquirer: nobody has a card. */
export const noSavedCards: SavedCards = {
  isUsable: async () => false,
  charge: async () => ({ kind: 'unknown' }),
}
