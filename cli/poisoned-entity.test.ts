import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId } from './testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const HOME = readFileSync(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')
const VIEWERS = 100
const POISONED = 42
/** Two lots of this many points have a sum that PostgreSQL cannot hold: the statement that adds them fails. */
const TOO_MANY_POINTS = '9000000000000000000'

describe('requests of many viewers at once, one of whom has an entity that cannot be read', () => {
  let cabinet: TestCabinet
  const statements: string[] = []
  const accounts: string[] = []

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      // A line with more points than there can be.
      breaksBooks: true,
      onStatement: (subgraph, sql) => {
        if (subgraph === 'payments') statements.push(sql)
      },
    })
    const { database } = cabinet
    await insertCatalogue(database)
    for (let number = 0; number < VIEWERS; number++) {
      const account = await insertAccount(database, { number })
      accounts.push(account)
      await insertLine(database, { number, ownerId: account })
    }
    await database.sql(
      `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
       select $1, gen_random_uuid(), $2, $2, '2024-01-15', '2099-01-15' from generate_series(1, 2)`,
      [lineId(POISONED), TOO_MANY_POINTS],
    )
  })

  afterAll(() => cabinet.close())

  it('are answered whole but for the one value, which is told of', async () => {
    const tokens = await Promise.all(accounts.map((account) => cabinet.accountToken(account)))
    const answers = await Promise.all(tokens.map((token) => cabinet.ask({ query: HOME }, token)))
    for (const [number, { data, errors }] of answers.entries()) {
      const [line] = data.viewer.lines.nodes
      expect(line).toMatchObject({ id: lineId(number), balance: { available: { amount: '150.00' } } })
      expect(line.activeOptions).toHaveLength(1)
      if (number === POISONED) {
        expect(line.bonuses).toEqual({ points: 70, expiringNext: null })
        expect(errors).toEqual([
          expect.objectContaining({
            path: ['viewer', 'lines', 'nodes', 0, 'bonuses', 'expiringNext'],
            extensions: { code: 'INTERNAL_SERVER_ERROR' },
          }),
        ])
      } else {
        expect(errors).toBeUndefined()
        expect(line.bonuses.expiringNext.points).toBe(70)
      }
    }
  })

  it('shared statements: far fewer than one for each viewer', () => {
    const balances = statements.filter((sql) => sql.includes('ledger_balance'))
    expect(balances.length).toBeLessThan(VIEWERS / 2)
  })
})
