import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDisagreements } from '../../cli/testing/agreement.ts'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { available, lockBalance, spendable } from './ledger/balance.ts'
import { captureHold, type Hold, placeHold, releaseHold } from './ledger/holds.ts'
import { post } from './ledger/post.ts'
import { give, take } from './ledger/posting.ts'
import { beginPromise, endPromise, findActivePromise } from './store/promised-payments.ts'
import type { Tables } from './store/tables.ts'

const RUNS = 150
const SEED = randomInt(2 ** 31)
const DAY_MS = 86_400_000
const OPERATIONS = ['promise', 'endPromise', 'topUp', 'charge', 'hold', 'release', 'capture'] as const

interface Step {
  readonly operation: (typeof OPERATIONS)[number]
  readonly amount: bigint
}

describe('what a line may owe', { timeout: 300_000 }, () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  const newId = createNewId(systemClock)
  const ledger = { clock: systemClock, newId }

  beforeAll(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })

  async function openLine(): Promise<string> {
    const id = newId()
    await db.insertInto('ledger_balance').values({ line_id: id, unit: 'KOPECK' }).execute()
    return id
  }
  const look = async (lineId: string) => {
    const balance = await db.transaction().execute((trx) => lockBalance(trx, lineId, 'KOPECK'))
    if (balance === null) throw new Error('the line has a book')
    return balance
  }

  type Do = (
    trx: Transaction<Tables>,
    line: { id: string; waiting: Hold[]; left: bigint },
    amount: bigint,
  ) => Promise<unknown>
  const entry = (lineId: string) => ({ lineId, sourceKey: newId(), occurredAt: systemClock.now() })
  const ended = () => ({ by: 'TOP_UP', at: systemClock.now() }) as const
  const tomorrow = () => new Date(systemClock.now().getTime() + DAY_MS)

  /** What may be done is done, as the product's actions decide it. */
  const operations: Readonly<Record<Step['operation'], Do>> = {
    async promise(trx, { id }, amount) {
      if (await findActivePromise(trx, id)) return
      const promise = { line_id: id, id: newId(), account_id: newId(), amount, fee: 0n }
      await beginPromise(trx, { ...promise, taken_at: systemClock.now(), due_at: tomorrow() })
    },
    endPromise: (trx, { id }) => endPromise(trx, id, ended()),
    async topUp(trx, { id }, amount) {
      await post(trx, ledger, { ...entry(id), kind: 'TOP_UP', movements: [give('KOPECK', 'CARD_ACQUIRING', amount)] })
      await endPromise(trx, id, ended())
    },
    async charge(trx, { id, left }, amount) {
      if (amount > left) return
      await post(trx, ledger, { ...entry(id), kind: 'SERVICE_CHARGE', movements: [take('KOPECK', 'REVENUE', amount)] })
    },
    async hold(trx, { id: lineId, waiting, left }, amount) {
      if (amount > left) return
      const wish = { lineId, unit: 'KOPECK', amount, kind: 'PURCHASE', sourceKey: newId() } as const
      const hold = await placeHold(trx, ledger, { ...wish, expiresAt: tomorrow() })
      if (hold) waiting.push(hold)
    },
    async release(trx, { waiting }) {
      const hold = waiting.shift()
      if (hold) await releaseHold(trx, hold, systemClock.now())
    },
    async capture(trx, { waiting }, amount) {
      const hold = waiting.shift()
      if (!hold) return
      const part = 1n + (amount % hold.amount)
      await captureHold(trx, ledger, hold, { movements: [take('KOPECK', 'MERCHANTS', part)] })
    },
  }

  async function runAll(steps: readonly Step[]): Promise<void> {
    const lineId = await openLine()
    const waiting: Hold[] = []
    for (const step of steps) {
      const left = spendable(await look(lineId))
      const line = { id: lineId, waiting, left }
      await db.transaction().execute((trx) => operations[step.operation](trx, line, step.amount))
      const balance = await look(lineId)
      const there = available(balance)
      // Without a promise there is what there is; with one, that and no more than was promised.
      expect(spendable(balance)).toBeLessThanOrEqual((there > 0n ? there : 0n) + balance.promised)
    }
  }

  it(`is what it was promised and not a kopeck more, whatever is set aside and set free (seed ${SEED})`, async () => {
    const step = fc.record({
      operation: fc.constantFrom(...OPERATIONS),
      amount: fc.integer({ min: 1, max: 300 }).map(BigInt),
    })
    const sequences = fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), runAll)
    await fc.assert(sequences, { numRuns: RUNS, seed: SEED, includeErrorInReport: true })
    expect(await findDisagreements(database)).toEqual([])
  })

  it('is not what a hold gives back after its promise has ended', async () => {
    await runAll([
      { operation: 'promise', amount: 200n },
      { operation: 'hold', amount: 200n },
      { operation: 'endPromise', amount: 1n },
      { operation: 'release', amount: 1n },
      { operation: 'promise', amount: 200n },
    ])
  })
})
