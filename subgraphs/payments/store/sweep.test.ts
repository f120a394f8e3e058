import { afterAll, beforeAll, expect, it } from 'vitest'
import { lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { sweep } from './sweep.ts'
import type { Tables } from './tables.ts'

const NOW = new Date('2026-03-31T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)

let database: TestDatabase
let db: ReturnType<typeof connectDatabase<Tables>>

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
})
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

it('sweeps away all keys, marks of events and numbers that are old, by however many at once, and nothing younger', async () => {
  const newId = createNewId(systemClock)
  await database.sql(
    `insert into payments.idempotency_key (account_id, operation, key, body_hash, outcome, created_at)
     select $1::uuid, 'a test', 'key ' || number, '', '{}', case when number = 0 then $3::timestamptz else $2::timestamptz end
     from generate_series(0, 15500) as number`,
    [newId(), daysAgo(11), daysAgo(9)],
  )
  for (const days of [31, 29]) {
    await database.sql('insert into payments.inbox values ($1, $2)', [newId(), daysAgo(days)])
    await database.sql('insert into payments.merchant_transaction values ($1, $2, $3)', [
      `of ${days} days`,
      lineId(1),
      daysAgo(days),
    ])
  }

  const swept = await Promise.all([1, 2, 3].map(() => sweep(db, { now: NOW, keyDays: 10 })))
  expect(swept.reduce((sum, rows) => sum + rows)).toBe(15_502)

  expect(await database.sql('select key from payments.idempotency_key')).toEqual([{ key: 'key 0' }])
  expect(await database.sql('select received_at from payments.inbox')).toEqual([{ received_at: daysAgo(29) }])
  expect(await database.sql('select id from payments.merchant_transaction')).toEqual([{ id: 'of 29 days' }])
})
