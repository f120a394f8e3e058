import type { Kysely, Transaction } from 'kysely'
import type { NewId } from '../../../../platform/ids.ts'
import { type Logger, silentLogger } from '../../../../platform/logger.ts'
import { type ChargeActions, createChargeActions } from '../../actions/charges/charge-actions.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { LineModel } from './line-model.ts'

/** A hold as the model knows it. */
export interface HeldModel {
  readonly key: string
  readonly line: LineModel
  readonly amount: bigint
  readonly expiresAt: Date
  isWaiting: boolean
  /** How many operations that would end it are under way. */
  ending: number
}

/** What of the ledger's own parts the operations use; a test puts broken ones here. */
export interface LedgerParts {
  readonly lockBalance: typeof lockBalance
  readonly post: typeof post
}

export const SOUND_PARTS: LedgerParts = { lockBalance, post }

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
  readonly lines: readonly LineModel[]
  readonly held: HeldModel[] = []
  readonly reserving = new Set<Promise<void>>()
  /** Every request that was begun, to be sent again. */
  readonly requests: (() => Promise<void>)[] = []
  readonly problems: string[] = []
  /** What other subgraphs ask for, as the product does it: what comes at once is done together. */
  readonly charges: ChargeActions
  now = START
  sweptUntil = new Date(0)
  readonly #done = new Map<LineModel, ReadonlySet<string>>()

  constructor({ db, newId, lineCount, parts = SOUND_PARTS }: WorldOptions) {
    this.db = db
    this.newId = newId
    this.parts = parts
    this.charges = createChargeActions(this.dependencies)
    this.lines = Array.from({ length: lineCount }, () => new LineModel(newId()))
  }

  /** What is wanted of several lines at once goes well together: that it is done one by one is a problem. */
  get #logger(): Logger {
    const warn = ({ err }: { readonly err: Error }) => this.problems.push(`not done together: ${err.message}`)
    return { ...silentLogger, warn } as unknown as Logger
  }

  /** What the product's actions depend on. */
  get dependencies() {
    const clock = { now: () => this.now }
    const policies = {
      current: async () => ({ 'hold.ttlMinutes': 60, 'hold.ttlMinutesMax': 60 }) as PaymentsPolicies,
    }
    return { db: this.db, newId: this.newId, clock, policies, logger: this.#logger }
  }

  line(number: number): LineModel {
    return this.lines[number % this.lines.length] as LineModel
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

  isDone(effect: string, line: LineModel): boolean {
    return this.#done.get(line)?.has(effect) ?? false
  }

  /** Takes an effect that was acknowledged into the model, once however often it is acknowledged. */
  done(effect: string, line: LineModel, change: Parameters<LineModel['change']>[0]): void {
    if (this.isDone(effect, line)) return
    this.#done.set(line, new Set(this.#done.get(line)).add(effect))
    line.change(change)
  }

  /** The source keys of the postings to a line that were acknowledged. */
  postedKeys(line: LineModel): string[] {
    return [...(this.#done.get(line) ?? [])].filter((effect) => !effect.startsWith('!'))
  }

  expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(problem)
  }
}
