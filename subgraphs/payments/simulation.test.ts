import { afterEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { addDays, type Day } from '../../platform/calendar.ts'
import { autoPayer, BOOKKEEPER, moodyAcquirer, saver, spender, watcher } from './testing/inhabitants.ts'
import { type Inhabitant, type SimulationOutcome, simulate } from './testing/simulate.ts'

const FROM = '2026-01-31' as Day
const LINES = [1, 2, 3, 4].map(lineId)
const [FIRST = '', SECOND = '', THIRD = '', FOURTH = ''] = LINES

const PEOPLE: readonly Inhabitant[] = [
  ...LINES.map(spender),
  autoPayer(FIRST, { amount: '100.00', threshold: '50.00' }),
  autoPayer(SECOND, { amount: '60.00', schedule: 'DAILY', monthlyCap: '1000.00' }),
  autoPayer(THIRD, { amount: '500.00', schedule: 'MONTHLY' }),
  autoPayer(FOURTH, { amount: '150.00', schedule: 'WEEKLY' }),
  autoPayer(FOURTH, { amount: '50.00', threshold: '30.00', monthlyCap: '300.00' }),
  watcher(FIRST),
  watcher(THIRD),
  saver(FIRST, '300.00'),
  saver(SECOND, '500.00'),
  moodyAcquirer(),
  BOOKKEEPER,
]

describe('a simulation', { timeout: 600_000 }, () => {
  const databases: TestDatabase[] = []
  afterEach(async () => {
    for (const database of databases.splice(0)) await database.drop()
  })

  async function makeDatabase(): Promise<TestDatabase> {
    const database = await createTestDatabase()
    databases.push(database)
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    for (const number of [1, 2, 3, 4]) await insertLine(database, { number, ownerId: accountId(1), kopecks: 20_000n })
    return database
  }
  async function run(days: number, seed: number, inhabitants = PEOPLE): Promise<SimulationOutcome> {
    return simulate({ database: await makeDatabase(), seed, from: FROM, days, inhabitants, hours: [10.1, 20] })
  }

  it('of a year leaves books that are right, each occasion paid for once and each day charged once', async () => {
    const { audit, problems } = await run(365, 1)
    expect(audit.findings.filter(({ breaches }) => breaches > 0)).toEqual([])
    expect(problems).toEqual([])
    const [database] = databases
    const paid = await database?.sql<{ line_id: string; basis: string; count: number }>(
      `select line_id, basis, count(*)::int as count
       from payments.auto_payment_attempt as attempt join payments.auto_payment using (line_id)
       where id = auto_payment_id and state = 'SUCCEEDED' group by 1, 2 order by 1, 2`,
    )
    expect(paid?.map(({ basis }) => basis)).toEqual(['THRESHOLD', 'SCHEDULE', 'SCHEDULE', 'SCHEDULE', 'THRESHOLD'])
    for (const { count } of paid ?? []) expect(count).toBeGreaterThan(5)
    // Each day of the year is paid for once, or found no money.
    const fees = await database?.sql<{ source_key: string }>(
      `select source_key from payments.ledger_transaction where line_id = $1 and kind = 'SUBSCRIPTION_FEE'`,
      [FIRST],
    )
    const year = new Set(Array.from({ length: 365 }, (_, index) => `live-balance:${addDays(FROM, index)}`))
    expect(fees?.every(({ source_key }) => year.delete(source_key))).toBe(true)
    expect(year.size).toBeLessThan(30)
  })

  it('is the same for the same seed, and another for another', async () => {
    const digests = [await run(40, 7), await run(40, 7), await run(40, 8)].map(({ digest }) => digest)
    expect(digests[1]).toBe(digests[0])
    expect(digests[2]).not.toBe(digests[0])
  })

  it('tells of what is wrong: money that the bank took and nobody credited', async () => {
    const thief: Inhabitant = {
      name: 'thief',
      async act({ database }, day, moment) {
        if (day !== addDays(FROM, 20) || moment !== 1) return
        await database.sql(
          `update payments.auto_payment_attempt
           set state = 'REFUSED', refusal = 'stolen', acquirer_payment_id = null, ended_at = now()
           where (line_id, payment_id) in (
             select line_id, payment_id from payments.auto_payment_attempt where state = 'SUCCEEDED' limit 1
           )`,
        )
      },
    }
    const { problems } = await run(21, 1, [...PEOPLE, thief])
    expect(problems).toEqual([expect.stringContaining('a payment ends as its attempt does')])
  })
})
