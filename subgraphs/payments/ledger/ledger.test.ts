import { sql, type Transaction } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { once } from '../actions/once.ts'
import { auditLedger } from '../audit.ts'
import type { Tables } from '../store/tables.ts'
import { lockBalance } from './balance.ts'
import { expireHolds } from './expire-holds.ts'
import { captureHold, findHold, placeHold, releaseHold } from './holds.ts'
import { post } from './post.ts'
import { give, take } from './posting.ts'

const LINE = lineId(1)
const NOON = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2026-03-01T12:15:00Z')

describe('the ledger', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let now = NOON
  const clock = { now: () => now }
  const ledger = { clock, newId: createNewId(clock) }

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 10_000n, points: 5n })
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
  })
  beforeEach(() => {
    now = NOON
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })

  const inTransaction = <Result>(work: (trx: Transaction<Tables>) => Promise<Result>) => db.transaction().execute(work)
  const money = () => inTransaction((trx) => lockBalance(trx, LINE, 'KOPECK'))
  const topUp = (sourceKey: string, amount = 100n) => ({
    lineId: LINE,
    kind: 'TOP_UP' as const,
    sourceKey,
    occurredAt: NOON,
    movements: [give('KOPECK', 'CARD_ACQUIRING', amount)],
  })
  async function hold(sourceKey: string, amount: bigint) {
    const placed = await inTransaction((trx) =>
      placeHold(trx, ledger, { lineId: LINE, unit: 'KOPECK', amount, kind: 'PURCHASE', sourceKey, expiresAt: LATER }),
    )
    if (!placed) throw new Error(`${sourceKey} held before`)
    return placed
  }

  it('moves the balance with each entry, and a cause once', async () => {
    const before = (await money())?.posted ?? 0n
    const posting = {
      ...topUp('top-up:1'),
      movements: [give('KOPECK', 'CARD_ACQUIRING', 5_000n), take('KOPECK', 'REVENUE', 700n, 'TRANSFER_FEE')],
    }
    expect(await inTransaction((trx) => post(trx, ledger, posting))).toMatchObject({
      kind: 'posted',
      entries: [{ balanceAfter: before + 5_000n }, { balanceAfter: before + 4_300n }],
    })
    expect(await inTransaction((trx) => post(trx, ledger, posting))).toEqual({ kind: 'alreadyPosted' })
    expect(await money()).toMatchObject({ posted: before + 4_300n, reserved: 0n })
  })

  it('sets an amount aside, takes a part of it and frees the rest, once', async () => {
    const before = (await money())?.posted ?? 0n
    const held = await hold('order:1', 4_000n)
    expect(await money()).toMatchObject({ posted: before, reserved: 4_000n })
    const capture = { movements: [take('KOPECK', 'MERCHANTS', 1_000n)] }
    expect(await inTransaction((trx) => captureHold(trx, ledger, held, capture))).toMatchObject({ kind: 'posted' })
    expect(await inTransaction((trx) => captureHold(trx, ledger, held, capture))).toBe(null)
    expect(await inTransaction((trx) => releaseHold(trx, held, now))).toBe(false)
    expect(await money()).toMatchObject({ posted: before - 1_000n, reserved: 0n })
    await expect(hold('order:1', 4_000n)).rejects.toThrow('held before')
  })

  it('frees what is held past its time, and then takes nothing of it', async () => {
    const held = await hold('order:2', 4_000n)
    now = LATER
    expect(await expireHolds(db, now)).toBe(1)
    expect(await expireHolds(db, now)).toBe(0)
    expect(await inTransaction((trx) => findHold(trx, held))).toMatchObject({ state: 'EXPIRED', captured: 0n })
    const capture = { movements: [take('KOPECK', 'MERCHANTS', 1_000n)] }
    expect(await inTransaction((trx) => captureHold(trx, ledger, held, capture))).toBe(null)
    expect(await money()).toMatchObject({ reserved: 0n })
  })

  it.each([
    ['an entry', 'update ledger_entry set amount = 1'],
    ['a balance', `update ledger_balance set posted = 1 where unit = 'KOPECK'`],
    ['a reservation', 'update ledger_balance set reserved = 0'],
    [
      'a balance from nowhere',
      `insert into ledger_balance (line_id, unit, posted) values (gen_random_uuid(), 'KOPECK', 5)`,
    ],
    ['a hold’s end', 'delete from hold'],
  ])('is not written over by its own subgraph: %s', async (_, statement) => {
    await expect(inTransaction((trx) => sql.raw(statement).execute(trx))).rejects.toThrow(/permission denied/)
  })

  it('never lets a balance below its floor, whatever the code decided', async () => {
    const tooMuch = {
      ...topUp('spend:1'),
      kind: 'PURCHASE' as const,
      movements: [take('KOPECK', 'MERCHANTS', 1_000_000n)],
    }
    await expect(inTransaction((trx) => post(trx, ledger, tooMuch))).rejects.toThrow('balance_floor')
    await expect(hold('order:3', 1_000_000n)).rejects.toThrow('balance_floor')
  })

  it('answers a key again with what it came to, and does its work once', async () => {
    const before = (await money())?.posted ?? 0n
    const command = { personId: accountId(1), operation: 'topUp', key: 'a key', body: [LINE, '1.00'] }
    const work = async (trx: Transaction<Tables>) => {
      await post(trx, ledger, topUp(`top-up:${ledger.newId()}`))
      return { kind: 'done' as const, at: now.toISOString() }
    }
    const kinds = (await Promise.all(Array.from({ length: 20 }, () => once({ db, clock }, command, work)))).map(
      ({ kind }) => kind,
    )
    expect(new Set(kinds)).toEqual(
      new Set(kinds.includes('operationInProgress') ? ['done', 'operationInProgress'] : ['done']),
    )
    now = LATER
    expect(await once({ db, clock }, command, work)).toEqual({ kind: 'done', at: NOON.toISOString() })
    expect(await once({ db, clock }, { ...command, body: [LINE, '2.00'] }, work)).toEqual({
      kind: 'idempotencyKeyReused',
    })
    expect(await once({ db, clock }, { ...command, key: '' }, work)).toEqual({ kind: 'invalidIdempotencyKey' })
    expect((await money())?.posted).toBe(before + 100n)
  })

  it('reconciles after all that', async () => {
    expect((await auditLedger(db)).findings.filter(({ breaches }) => breaches > 0)).toEqual([])
  })
})
