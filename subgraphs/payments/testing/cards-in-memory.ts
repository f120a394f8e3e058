import {
  type CardAnswer,
  type CardCharge,
  NOT_AS_ASKED,
  type SavedCards,
} from '../actions/auto-payments/saved-cards.ts'

/** What becomes of one asking, and what is heard of it. */
export type Behaviour =
  | 'succeed'
  | 'refuse'
  /** The money is taken, and nobody hears of it. */
  | 'loseAnswer'
  /** Nothing arrives there. */
  | 'loseRequest'
  /** The money is taken, and whoever asked dies. */
  | 'crash'
  /** Something is wrong on our side, and nothing is taken. */
  | 'makeNothing'
  /** The bank has something else than it was asked for. */
  | 'makeAnother'

export interface CardsInMemory extends SavedCards {
  /** Money that has left cards, by the key that took it. */
  readonly taken: ReadonlyMap<string, CardCharge>
  /** Every asking, in its order. */
  readonly askings: readonly CardCharge[]
  /** What the acquirer does next; succeeds when it is not told. */
  behave(behaviour: (charge: CardCharge) => Behaviour): void
  /** Keeps an asker waiting for its answer, after it was decided, until the promise is kept. */
  delay(answer: (charge: CardCharge) => Promise<void>): void
  /** Cards that are there no more. */
  readonly removed: Set<string>
  /** Whether there is anybody to ask. */
  isThere: boolean
}

/** An acquirer that remembers its keys for ever: the same key has the same outcome. */
export function createCardsInMemory(): CardsInMemory {
  const taken = new Map<string, CardCharge>()
  const refused = new Set<string>()
  const askings: CardCharge[] = []
  const removed = new Set<string>()
  let behaviour: (charge: CardCharge) => Behaviour = () => 'succeed'
  let delay: (charge: CardCharge) => Promise<void> = async () => undefined

  function known(key: string): CardAnswer | null {
    if (taken.has(key)) return { kind: 'succeeded', acquirerPaymentId: `at-the-bank-${key}` }
    return refused.has(key) ? { kind: 'refused', code: 'insufficient_funds' } : null
  }

  const cards: CardsInMemory = {
    taken,
    askings,
    removed,
    isThere: true,
    behave(next) {
      behaviour = next
    },
    delay(next) {
      delay = next
    },
    isUsable: async (_, { cardId }) => (cards.isThere ? !removed.has(cardId) : null),
    async charge(charge) {
      askings.push(charge)
      const next = behaviour(charge)
      if (next === 'loseRequest') return { kind: 'unknown' }
      if (next === 'makeNothing') return { kind: 'notMade' }
      if (next === 'makeAnother') return { kind: 'refused', code: NOT_AS_ASKED }
      const key = charge.idempotenceKey
      if (known(key) === null) {
        if (next === 'refuse') refused.add(key)
        else taken.set(key, charge)
      }
      await delay(charge)
      if (next === 'crash') throw new Error('the process dies here')
      return next === 'loseAnswer' ? { kind: 'unknown' } : (known(key) ?? { kind: 'unknown' })
    },
  }
  return cards
}
