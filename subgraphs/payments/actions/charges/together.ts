import type { Kysely, Transaction } from 'kysely'
import { createLoader } from '../../../../platform/database/batch-loader.ts'
import { isDatabaseAway } from '../../../../platform/database/is-away.ts'
import type { Logger } from '../../../../platform/logger.ts'
import type { LockedBalance } from '../../ledger/balance.ts'
import type { Tables } from '../../store/tables.ts'
import { createTurns } from './turns.ts'

/** What is wanted of the money or the points of one line. */
interface LineWish {
  readonly lineId: string
}

/** With the line's balance, that nobody else changes until the end of the transaction. */
export type Locked<Wish extends LineWish> = Wish & { readonly balance: LockedBalance }

export interface LineWork<Wish extends LineWish, Outcome> {
  /** Takes the balance that is wanted of, waiting for whoever has it; null when the line has no such book. */
  readonly lock: (trx: Transaction<Tables>, wish: Wish) => Promise<LockedBalance | null>
  /** The same of lines that are all different, without waiting: those that nobody has, by their ids. */
  readonly lockFree: (trx: Transaction<Tables>, wishes: readonly Wish[]) => Promise<Map<string, LockedBalance>>
  /** Does what is wanted of lines that are all different, and answers in their order. What it throws undoes them all. */
  readonly run: (trx: Transaction<Tables>, wishes: readonly Locked<Wish>[]) => Promise<readonly Outcome[]>
  /** The answer when a line has no book. */
  readonly whenNoBook: Outcome
}

export interface TogetherDependencies {
  readonly db: Kysely<Tables>
  readonly logger: Logger
}

/** While two are under way, what comes gathers for the next: one is at work here while the database works on another. */
const TRANSACTIONS_AT_ONCE = 2
/** Bounds for how long the lines of a transaction are locked. */
const WISHES_MAX = 64

/**
 * Does what many requests want of the money of lines in few transactions: what comes while others are under way is
 * done together in the next. Nobody waits for another's line nor fails with another's wish: lines that somebody has
 * locked, a second wish of a line, and all of a transaction that failed are done each alone.
 */
export function createTogether<Wish extends LineWish, Outcome>(
  dependencies: TogetherDependencies,
  work: LineWork<Wish, Outcome>,
): (wish: Wish) => Promise<Outcome> {
  const turns = createTurns(TRANSACTIONS_AT_ONCE)
  const loader = createLoader<Wish, Outcome | null>({
    span: 'done together',
    load: async (wishes) => {
      const done = await runTogether(dependencies, work, firstOfEachLine(wishes)).finally(turns.end)
      return wishes.map((wish) => done.get(wish) ?? null)
    },
    maxBatchSize: WISHES_MAX,
    schedule: turns.begin,
  })
  return async (wish) => (await loader.load(wish)) ?? runAlone(dependencies, work, wish)
}

function firstOfEachLine<Wish extends LineWish>(wishes: readonly Wish[]): Wish[] {
  const lines = new Set<string>()
  return wishes.filter(({ lineId }) => lines.size < lines.add(lineId).size)
}

/** What came of those whose lines were free. */
async function runTogether<Wish extends LineWish, Outcome>(
  { db, logger }: TogetherDependencies,
  { lockFree, run }: LineWork<Wish, Outcome>,
  wishes: readonly Wish[],
): Promise<Map<Wish, Outcome>> {
  // One has nobody to hold up: it may wait for its line.
  if (wishes.length === 1) return new Map()
  try {
    return await db.transaction().execute(async (trx) => {
      const balances = await lockFree(trx, wishes)
      const free = wishes.filter(({ lineId }) => balances.has(lineId))
      if (free.length === 0) return new Map()
      const locked = free.map((wish) => ({ ...wish, balance: balances.get(wish.lineId) as LockedBalance }))
      const outcomes = await run(trx, locked)
      return new Map(free.map((wish, place) => [wish, outcomes[place] as Outcome]))
    })
  } catch (error) {
    // Asked again by all, one by one, a database that is not there would be away for longer.
    if (isDatabaseAway(error)) throw error
    logger.warn({ err: error, count: wishes.length }, 'what was wanted of several lines failed and is done one by one')
    return new Map()
  }
}

async function runAlone<Wish extends LineWish, Outcome>(
  { db }: TogetherDependencies,
  { lock, run, whenNoBook }: LineWork<Wish, Outcome>,
  wish: Wish,
): Promise<Outcome> {
  return db.transaction().execute(async (trx) => {
    const balance = await lock(trx, wish)
    if (balance === null) return whenNoBook
    const [outcome] = await run(trx, [{ ...wish, balance }])
    return outcome as Outcome
  })
}
