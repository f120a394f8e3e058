import { afterAll, beforeAll, expect, it } from 'vitest'
import { phone } from '../../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createReader } from '../../../platform/database/reader.ts'
import { createNewId } from '../../../platform/ids.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { createPolicies } from '../../../platform/policy/policies.ts'
import { accountsPolicies } from './policies.ts'
import { sweep } from './sweep.ts'
import type { Tables } from './tables.ts'

const NOW = new Date('2026-03-31T12:00:00Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)
const newId = createNewId(systemClock)

let cabinet: TestCabinet

beforeAll(async () => {
  cabinet = await openTestCabinet()
})
afterAll(() => cabinet.close())

it('sweeps away old messages that are over, their receipts and marks of events, and nothing younger', async () => {
  const { sql, urls } = cabinet.database
  const message = `insert into accounts.message (phone, id, purpose, status, created_at, expires_at, attempt, claimed_until)
    values ($1, $2, $3, $4, $5, 'infinity', $2, 'infinity')`
  for (const [name, status, days] of [
    ['old', 'DELIVERED', 31],
    ['old', 'UNKNOWN', 31],
    ['young', 'DELIVERED', 29],
    ['on its way', 'SENDING', 31],
  ] as const)
    await sql(message, [phone(1), newId(), name, status, daysAgo(days)])
  for (const days of [31, 29]) {
    const receipt = `insert into accounts.message_receipt (smsc_id, outcome, created_at) values ($1, 'DELIVERED', $2)`
    await sql(receipt, [`of ${days} days`, daysAgo(days)])
    await sql('insert into accounts.inbox values ($1, $2)', [newId(), daysAgo(days)])
  }

  const place = { url: urls.accounts, logger: silentLogger }
  const db = connectDatabase<Tables>(place)
  const reader = createReader(place)
  const policies = createPolicies({ reader, clock: { now: () => NOW }, schema: accountsPolicies })
  expect(await sweep(db, await policies.current(), NOW)).toBe(4)
  await Promise.all([db.destroy(), reader.close()])

  expect(await sql('select purpose from accounts.message order by 1')).toEqual([
    { purpose: 'on its way' },
    { purpose: 'young' },
  ])
  expect(await sql('select smsc_id from accounts.message_receipt')).toEqual([{ smsc_id: 'of 29 days' }])
  expect(await sql('select received_at from accounts.inbox')).toEqual([{ received_at: daysAgo(29) }])
})
