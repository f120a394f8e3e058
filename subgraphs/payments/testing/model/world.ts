import type { Kysely, Transaction } from 'kysely'
import type { NewId } from '../../../../platform/ids.ts'
import { type Logger, silentLogger } from '../../../../platform/logger.ts'
import { earnPointsOf } from '../../actions/bonus/earn-points.ts'
import { expirePoints } from '../../actions/bonus/expire-points.ts'
import { receivePoints } from '../../actions/bonus/give-points.ts'
import type { CardDependencies } from '../../actions/card-payments/card-dependencies.ts'
import { type ChargeActions, createChargeActions } from '../../actions/charges/charge-actions.ts'
import { endDuePromises } from '../../actions/promised-payments/settle-promised-payment.ts'
import { takePromisedPayment } from '../../actions/promised-payments/take-promised-payment.ts'
import { endPurchaseAs } from '../../actions/purchases/end-purchase.ts'
import { refundPayment } from '../../actions/refunds/refund-payment.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import type { PurchaseQuote } from '../../store/purchases.ts'
import type { Tables } from '../../store/tables.ts'
import type { BookModel, Change } from './book-model.ts'
import { LineModel } from './line-model.ts'
import { ownerOf, POLICIES, surroundingsOf } from './surroundings.ts'

/** A hold as the model knows it. */
export interface HeldModel {
  /** Under which it was asked for, and under which its posting will stand. */
  readonly key: string
  readonly sourceKey: string
  readonly line: LineModel
  /** The line itself, or its points. */
  readonly book: BookModel
  readonly amount: bigint
  readonly expiresAt: Date
  isWaiting: boolean
  /** How many operations that would end it are under way. */
  ending: number
  /** What it is set aside for, where a merchant has to say how it ends. */
  readonly quote?: PurchaseQuote
}

/** A top-up by card as the model knows it. */
export interface PaidModel {
  readonly line: LineModel
  readonly paymentId: string
  readonly amount: bigint
  /** What is not back on the card. */
  left: bigint
}

/** What of the product's own parts the operations use; a test puts broken ones here. */
export interface LedgerParts {
  readonly lockBalance: typeof lockBalance
  readonly post: typeof post
  readonly takePromisedPayment: typeof takePromisedPayment
  readonly endDuePromises: typeof endDuePromises
  readonly earnPointsOf: typeof earnPointsOf
  readonly expirePoints: typeof expirePoints
  readonly receivePoints: typeof receivePoints
  readonly endPurchaseAs: typeof endPurchaseAs
  readonly refundPayment: typeof refundPayment
}

export const SOUND_PARTS: LedgerParts = {
  ...{ lockBalance, post },
  ...{ takePromisedPayment, endDuePromises },
  ...{ earnPointsOf, expirePoints, receivePoints },
  ...{ endPurchaseAs, refundPayment },
}

export interface WorldOptions {
  readonly db: Kysely<Tables>
  readonly newId: NewId
  readonly lineCount: number
  readonly parts?: LedgerParts
}

const START = new Date('2026-03-01T12:00:00Z')

/** The lines of one sequence of operations, what the model knows of them, and what did not agree with it. */
export class World {
  readonly db: Kysely<Tables>
  readonly newId: NewId
  readonly parts: LedgerParts
  readonly accountId: string
  readonly lines: readonly LineModel[]
  readonly held: HeldModel[] = []
  readonly paid: PaidModel[] = []
  readonly reserving = new Set<Promise<void>>()
  /** Every request that was begun, to be sent again. */
  readonly requests: (() => Promise<void>)[] = []
  readonly problems: string[] = []
  /** What other subgraphs ask for, as the product does it: what comes at once is done together. */
  readonly charges: ChargeActions
  /** What the product's actions depend on. */
  readonly dependencies: CardDependencies
  now = START
  sweptUntil = new Date(0)
  readonly #done = new Map<BookModel, ReadonlySet<string>>()
  readonly #answers = new Map<string, string>()

  constructor({ db, newId, lineCount, parts = SOUND_PARTS }: WorldOptions) {
    this.db = db
    this.newId = newId
    this.parts = parts
    this.accountId = newId()
    this.lines = Array.from({ length: lineCount }, (_, n) => new LineModel({ id: newId(), phone: `+7916000000${n}` }))
    const clock = { now: () => this.now }
    const policies = { current: async () => POLICIES }
    const own = { db, newId, clock, policies, logger: this.#logger }
    this.dependencies = { ...own, ...surroundingsOf(this.lines) } as unknown as CardDependencies
    this.charges = createChargeActions(this.dependencies)
  }

  /** What is wanted of several lines at once goes well together: that it is done one by one is a problem. */
  get #logger(): Logger {
    const warn = ({ err }: { readonly err: Error }) => this.problems.push(`not done together: ${err.message}`)
    return { ...silentLogger, warn } as unknown as Logger
  }

  /** Whose lines they are. */
  get owner() {
    return ownerOf(this.accountId)
  }

  line(number: number): LineModel {
    return this.lines[number % this.lines.length] as LineModel
  }

  /** Two different ones. */
  pair(line: number, other: number): [LineModel, LineModel] {
    return [this.line(line), this.line(line + 1 + (other % (this.lines.length - 1)))]
  }

  transaction<Result>(work: (trx: Transaction<Tables>) => Promise<Result>): Promise<Result> {
    return this.db.transaction().execute(work)
  }

  /** Runs a request under a key of its own, and keeps it to be sent again. */
  request(run: (key: string) => Promise<void>): Promise<void> {
    const key = this.newId()
    const send = () => run(key)
    this.requests.push(send)
    return send()
  }

  /**
   * The same where the product keeps what a key has led to: from then on the key is answered alike. Null when another is
   * just doing it; else whether this was the first answer.
   */
  answer(key: string, answer: string): 'first' | 'again' | null {
    if (answer === 'operationInProgress') return null
    const known = this.#answers.get(key)
    this.#answers.set(key, known ?? answer)
    this.expect(known === undefined || known === answer, `${key} was answered with ${known}, and then with ${answer}`)
    return known === undefined ? 'first' : 'again'
  }

  isDone(effect: string, book: BookModel): boolean {
    return this.#done.get(book)?.has(effect) ?? false
  }

  /** Takes an effect that was acknowledged into the model, once however often it is acknowledged; whether it was new. */
  done(effect: string, book: BookModel, change: Change): boolean {
    if (this.isDone(effect, book)) return false
    this.#done.set(book, new Set(this.#done.get(book)).add(effect))
    book.change(change)
    return true
  }

  /** The source keys of the postings to a book that were acknowledged. */
  postedKeys(book: BookModel): string[] {
    return [...(this.#done.get(book) ?? [])].filter((effect) => !effect.startsWith('!'))
  }

  expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem)
  }
}
