import { afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { addDays } from '../../platform/calendar.ts'
import type { Inhabitant, SimulationOutcome } from './testing/simulate.ts'
import { BUSY_LINE, FIRST_DAY, liveInTown, PEOPLE } from './testing/town.ts'

describe('a simulation', { timeout: 600_000 }, () => {
  const databases: TestDatabase[] = []
  afterEach(async () => {
    for (const database of databases.splice(0)) await database.drop()
  })

  async function run(days: number, seed: number, inhabitants = PEOPLE): Promise<SimulationOutcome> {
    const database = await createTestDatabase()
    databases.push(database)
    return liveInTown(database, { days, seed, inhabitants })
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
      [BUSY_LINE],
    )
    const year = new Set(Array.from({ length: 365 }, (_, index) => `live-balance:${addDays(FIRST_DAY, index)}`))
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
        if (day !== addDays(FIRST_DAY, 20) || moment !== 1) return
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
