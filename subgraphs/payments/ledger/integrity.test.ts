import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase, createPool } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { auditLedger } from '../audit.ts'
import type { Tables } from '../store/tables.ts'
import { expireHolds } from './expire-holds.ts'
import { captureHold, placeHold } from './holds.ts'
import { post } from './post.ts'
import { give, take } from './posting.ts'

const LINE = lineId(1)
const NOON = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2026-03-01T12:15:00Z')

describe('the ledger, against its own subgraph', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let pool: ReturnType<typeof createPool>
  const clock = { now: () => NOON }
  const ledger = { clock, newId: createNewId(clock) }

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    for (const number of [1, 2]) await insertLine(database, { number, ownerId: accountId(1) })
    const options = { url: database.urls.payments, logger: watchedLogger }
    db = connectDatabase<Tables>(options)
    pool = createPool(options)
  })
  afterAll(async () => {
    expect((await auditLedger(db)).findings.filter(({ breaches }) => breaches > 0)).toEqual([])
    await db.destroy()
    await pool.end()
    await database.drop()
  })

  const hold = (number: number, sourceKey: string) => ({
    ...({
      lineId: lineId(number),
      unit: 'KOPECK',
      amount: 100n,
      kind: 'PURCHASE',
      sourceKey,
      expiresAt: LATER,
    } as const),
  })

  it('moves no balance by an entry that is skipped, for none can be', async () => {
    const entry = `insert into ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
      select line_id, id, 'KOPECK', 'OPENING_BALANCE', 'CUSTOMER', 1 from ledger_transaction where line_id = '${LINE}'
      on conflict do nothing`
    for (let again = 0; again < 2; again++) expect((await pool.query(entry)).rowCount).toBe(1)
    expect((await auditLedger(db)).isClean).toBe(true)
  })

  it('moves several amounts between the same two accounts in one transaction', async () => {
    const posted = await db.transaction().execute((trx) =>
      post(trx, ledger, {
        ...{ lineId: LINE, kind: 'SERVICE_CHARGE', sourceKey: 'two fees', occurredAt: NOON },
        movements: [take('KOPECK', 'REVENUE', 1n), take('KOPECK', 'REVENUE', 2n, 'SUBSCRIPTION_FEE')],
      }),
    )
    expect(posted).toMatchObject({ kind: 'posted', entries: [{}, {}] })
  })

  it('counts a transaction as one change of the balance, and shows nothing of what stood between', async () => {
    const changes = () =>
      database.sql<{ posted: number; reserved: number }>(
        'select posted::int, reserved::int from payments.balance_change where line_id = $1 order by sequence',
        [lineId(2)],
      )
    const held = await db.transaction().execute((trx) => placeHold(trx, ledger, hold(2, 'a')))
    expect(await changes()).toEqual([{ posted: 15_000, reserved: 100 }])
    if (!held) throw new Error('nothing was held')
    await db
      .transaction()
      .execute((trx) => captureHold(trx, ledger, held, { movements: [take('KOPECK', 'MERCHANTS', 40n)] }))
    expect((await changes()).slice(1)).toEqual([{ posted: 14_960, reserved: 0 }])
  })

  it('gives an entry no moment before the last one’s', async () => {
    const topUp = { kind: 'TOP_UP', movements: [give('KOPECK', 'CARD_ACQUIRING', 1n)], occurredAt: NOON } as const
    const early = { ...ledger, clock: { now: () => new Date('2020-01-01T00:00:00Z') } }
    await db.transaction().execute((trx) => post(trx, ledger, { ...topUp, lineId: LINE, sourceKey: 'noon' }))
    await db.transaction().execute((trx) => post(trx, early, { ...topUp, lineId: LINE, sourceKey: 'before' }))
    const [last] = await database.sql(
      'select posted_at from payments.ledger_entry where line_id = $1 order by sequence desc limit 1',
      [LINE],
    )
    expect(last).toEqual({ posted_at: NOON })
  })

  it.each([
    [
      'begin as one that has ended',
      `insert into hold (line_id, id, unit, amount, kind, source_key, state, created_at,
       expires_at, ended_at) values ('${LINE}', gen_random_uuid(), 'KOPECK', 1, 'PURCHASE', 'x', 'RELEASED', now(),
       now() + interval '1 minute', now())`,
    ],
    [
      'be given another term as it ends',
      `update hold set state = 'RELEASED', ended_at = now(), expires_at = now()
       + interval '1 year' where state = 'PENDING'`,
    ],
  ])('lets no hold %s', async (_, statement) => {
    await db.transaction().execute((trx) => placeHold(trx, ledger, hold(1, ledger.newId())))
    await expect(pool.query(statement)).rejects.toThrow(/a hold (begins|ends)/)
  })

  it('frees the holds of all lines, however many, though one will not do', async () => {
    const lines = Array.from({ length: 130 }, (_, number) => lineId(1_000 + number))
    for (const id of lines) {
      await database.sql(`insert into payments.ledger_balance (line_id, unit, debt_limit) values ($1, 'KOPECK', 100)`, [
        id,
      ])
      await db.transaction().execute((trx) => placeHold(trx, ledger, { ...hold(1, 'due'), lineId: id }))
    }
    const broken = lines[0]
    const setReserved = (reserved: number) =>
      database.sql('update payments.ledger_balance set reserved = $2 where line_id = $1', [broken, reserved])
    await setReserved(50)
    await expect(expireHolds(db, LATER)).rejects.toThrow('holds of 1 lines')
    await setReserved(100)
    expect(await expireHolds(db, LATER)).toBe(1)
  })
})
