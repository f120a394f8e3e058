import { afterEach, describe, expect, it } from 'vitest'
import { lineId } from '../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { addDays } from '../../platform/calendar.ts'
import { findDisagreements } from './audit/testing/agreement.ts'
import { BOOKKEEPER } from './testing/bookkeeper.ts'
import { borrower, spender } from './testing/inhabitants.ts'
import type { Inhabitant, SimulationOutcome } from './testing/simulate.ts'
import { BUSY_LINE, FIRST_DAY, liveInTown, PEOPLE, type TownLife } from './testing/town.ts'

const DAYS = 183

/** All that came to an end, each with how often. */
const HAPPENED = `
  select 'hold ' || state as what, count(*)::int as count from payments.hold where state <> 'PENDING' group by 1
  union all
  select 'promise ended by ' || ended_by, count(*)::int from payments.promised_payment
  where ended_at is not null group by 1
  union all
  select kind, count(*)::int from payments.ledger_entry where kind like 'BONUS_%' group by 1
  order by 1`
const EVERYTHING = [
  'BONUS_EARNED',
  'BONUS_EXPIRED',
  'BONUS_GIVEN',
  'BONUS_RECEIVED',
  'hold CAPTURED',
  'hold EXPIRED',
  'hold RELEASED',
  'promise ended by DUE_DATE',
  'promise ended by TOP_UP',
]

/** An operator whose points are good for less than a year: so they expire in a short simulation too. */
function operator(ttlMonths: number): Inhabitant {
  return {
    name: 'operator',
    async settle({ database }) {
      const values = ['bonus.ttlMonths', JSON.stringify(ttlMonths)]
      await database.sql(`insert into payments.policy values ($1, 2, $2, '2000-01-01')`, values)
    },
  }
}

describe('a simulation', { timeout: 600_000 }, () => {
  const databases: TestDatabase[] = []
  afterEach(async () => {
    for (const database of databases.splice(0)) await database.drop()
  })

  async function run(life: TownLife): Promise<SimulationOutcome & { readonly breaches: readonly string[] }> {
    const database = await createTestDatabase()
    databases.push(database)
    const outcome = await liveInTown(database, life)
    const breaches = outcome.audit.findings.flatMap(({ breaches, meaning }) => (breaches > 0 ? [meaning] : []))
    return { ...outcome, breaches }
  }

  it('of half a year leaves books that are right, and whatever came round was done once', async () => {
    const { breaches, problems } = await run({ days: DAYS, seed: 1, inhabitants: [operator(3), ...PEOPLE] })
    expect(breaches).toEqual([])
    expect(problems).toEqual([])
    const [database] = databases
    expect(database && (await findDisagreements(database))).toEqual([])
    const paid = await database?.sql<{ line_id: string; basis: string; count: number }>(
      `select line_id, basis, count(*)::int as count
       from payments.auto_payment_attempt as attempt join payments.auto_payment using (line_id)
       where id = auto_payment_id and state = 'SUCCEEDED' group by 1, 2 order by 1, 2`,
    )
    expect(paid?.map(({ basis }) => basis)).toEqual(['THRESHOLD', 'SCHEDULE', 'SCHEDULE', 'SCHEDULE', 'THRESHOLD'])
    for (const { count } of paid ?? []) expect(count).toBeGreaterThan(5)
    // Each day is paid for once, or found no money.
    const fees = await database?.sql<{ source_key: string }>(
      `select source_key from payments.ledger_transaction where line_id = $1 and kind = 'SUBSCRIPTION_FEE'`,
      [BUSY_LINE],
    )
    const halfYear = new Set<string | undefined>(Array.from({ length: DAYS }, (_, index) => addDays(FIRST_DAY, index)))
    expect(fees?.every(({ source_key }) => halfYear.delete(source_key.split(':')[1]))).toBe(true)
    expect(halfYear.size).toBeLessThan(30)
    const ends = await database?.sql<{ what: string; count: number }>(HAPPENED)
    expect(ends?.map(({ what }) => what)).toEqual(EVERYTHING)
    for (const { count, what } of ends ?? []) expect([what, count > 5]).toEqual([what, true])
  })

  it('is the same for the same seed, and another for another', async () => {
    const digests = [
      await run({ days: 40, seed: 7 }),
      await run({ days: 40, seed: 7 }),
      await run({ days: 40, seed: 8 }),
    ].map(({ digest }) => digest)
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
    const { problems } = await run({ days: 21, seed: 1, inhabitants: [...PEOPLE, thief] })
    expect(problems).toEqual([expect.stringContaining('a payment ends as its attempt does')])
  })

  it('tells of what is wrong: rounds that nobody does', async () => {
    const forgets = [
      'holds expire',
      'promised payments fall due',
      'promised payments are reminded of',
      'points expire',
      'keys and quotes are forgotten',
    ]
    const { problems, breaches } = await run({
      days: 35,
      seed: 1,
      inhabitants: [operator(1), ...PEOPLE],
      forgets,
    })
    // Whoever would spend of a promise on its day has ended it.
    const told = [
      'whoever did not pay a promise back was reminded',
      'a hold ends when its time is over',
      'points go when their time is over',
      'keys are forgotten in their time',
      'days on which somebody asked are forgotten',
    ]
    expect(problems).toEqual(told.map((problem) => expect.stringContaining(problem)))
    expect(breaches).toEqual([expect.stringContaining('no hold outlives its time')])
  })

  it('tells of what is wrong: promises that nobody ends, on a line of which no service is ordered', async () => {
    const line = lineId(3)
    const inhabitants = [spender(line), borrower(line), BOOKKEEPER]
    const { problems } = await run({ days: 21, seed: 1, inhabitants, forgets: ['promised payments fall due'] })
    expect(problems).toEqual([expect.stringContaining('a promise ends when it is due')])
  })

  it('tells of what is wrong: points that nobody earns, promises that nobody is reminded of', async () => {
    const forgets = ['points are earned', 'promised payments are reminded of']
    const { problems } = await run({ days: 21, seed: 1, forgets })
    expect(problems).toEqual([
      expect.stringContaining('whoever did not pay a promise back was reminded'),
      expect.stringContaining('all that services cost has earned points, once'),
    ])
  })
})
