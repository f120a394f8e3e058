import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { Tables } from './tables.ts'
import { takeTurns } from './turns.ts'

const CONNECTIONS = 20
const ROUNDS = 30
const now = new Date('2026-11-22T12:00:00Z')
const inAnHour = new Date('2026-11-22T13:00:00Z')

let database: TestDatabase
let db: Kysely<Tables>
const takeAtOnce = (turns: Parameters<typeof takeTurns>[1], at: Date) =>
  Promise.all(Array.from({ length: CONNECTIONS }, () => takeTurns(db, turns, at)))

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectDatabase<Tables>({ url: database.urls.accounts, poolSizeMax: CONNECTIONS, logger: silentLogger })
  // All connections are open before anything is counted.
  await takeAtOnce([{ key: 'warm-up', hourMax: 1 }], now)
})
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

it('gives as many as there are, however many ask for the very first at once', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const answers = await takeAtOnce([{ key: `round ${round}`, hourMax: 3 }], now)
    expect(answers.filter((retryAt) => retryAt === null)).toHaveLength(3)
    expect(answers.filter((retryAt) => retryAt?.getTime() === inAnHour.getTime())).toHaveLength(CONNECTIONS - 3)
  }
})

it('gives as many again when the hour is over, and refuses when one of several is used up', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const turns = [
      { key: `narrow ${round}`, hourMax: 2 },
      { key: `wide ${round}`, hourMax: 50 },
    ]
    for (const at of [now, inAnHour]) {
      const answers = await takeAtOnce(turns.toReversed(), at)
      expect(answers.filter((retryAt) => retryAt === null)).toHaveLength(2)
    }
  }
})
