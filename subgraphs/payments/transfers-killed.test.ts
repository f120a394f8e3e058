import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDisagreements } from '../../cli/testing/agreement.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { systemClock } from '../../platform/clock.ts'
import { KILL_POINTS, type KillPoint } from './testing/kill-points.ts'
import { runPayments } from './testing/killed-payments.ts'
import { insertQuotes, type TestLine } from './testing/money-world.ts'

const COUNT = 3

describe('a transfer whose process is killed', { timeout: 240_000 }, () => {
  let database: TestDatabase
  let made = 0

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
  })
  afterAll(async () => {
    const disagreements = await findDisagreements(database)
    await database.drop()
    expect(disagreements).toEqual([])
  })

  async function makeLine(kopecks: bigint): Promise<TestLine> {
    const number = ++made
    const ownerId = await insertAccount(database, { number })
    await insertLine(database, { number, ownerId, kopecks, points: 0n, optionCount: 0 })
    return { id: lineId(number), phone: phone(number), ownerId: accountId(number) }
  }

  async function underWay(): Promise<number> {
    const [row] = await database.sql<{ count: number }>(`
      select ((select count(*) from payments.outbox)
        + (select count(*) from payments.payment where status = 'PENDING'))::int as count
    `)
    return row?.count ?? 0
  }

  const money = async (line: TestLine) => {
    const [row] = await database.sql(
      `select posted::int, reserved::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
      [line.id],
    )
    return row
  }

  async function sendKilled(killAt: KillPoint, to: TestLine): Promise<TestLine> {
    const from = await makeLine(100_000n)
    const quoteIds = await insertQuotes(database, { from, to, kopecks: 10_000n, count: COUNT, at: systemClock.now() })
    const told = { databaseUrl: database.urls.payments, accountId: from.ownerId, lineId: from.id, quoteIds }
    const lineIdsByPhone = { [to.phone]: to.id }
    expect(await runPayments({ ...told, lineIdsByPhone, killAt }, underWay)).toBe('SIGKILL')
    // The client sends again what was not answered, and what was, with the same keys.
    expect(await runPayments({ ...told, lineIdsByPhone, killAt: null }, underWay)).toBeNull()
    return from
  }

  it.each(KILL_POINTS)('is made once all the same: %s', async (killAt) => {
    const to = await makeLine(0n)
    const from = await sendKilled(killAt, to)
    expect(await money(from)).toEqual({ posted: 100_000 - COUNT * 10_700, reserved: 0 })
    expect(await money(to)).toEqual({ posted: COUNT * 10_000, reserved: 0 })
    expect(
      await database.sql(
        'select kind, status, count(*)::int from payments.payment where line_id = any($1) group by kind, status order by kind',
        [[from.id, to.id]],
      ),
    ).toEqual([
      { kind: 'TRANSFER_IN', status: 'SUCCEEDED', count: COUNT },
      { kind: 'TRANSFER_OUT', status: 'SUCCEEDED', count: COUNT },
    ])
  })

  it.each(KILL_POINTS.slice(3))('comes back once when the receiver cannot be credited: %s', async (killAt) => {
    const to = await makeLine(0n)
    await database.sql(
      `insert into payments.transfer_day (line_id, day, received)
       select $1, (now() at time zone 'Europe/Moscow')::date + day, 300000 from generate_series(0, 1) as day`,
      [to.id],
    )
    const from = await sendKilled(killAt, to)
    expect(await money(from)).toEqual({ posted: 100_000, reserved: 0 })
    expect(await money(to)).toEqual({ posted: 0, reserved: 0 })
    expect(
      await database.sql('select sum(sent)::int as sent from payments.transfer_day where line_id = $1', [from.id]),
    ).toEqual([{ sent: 0 }])
  })
})
