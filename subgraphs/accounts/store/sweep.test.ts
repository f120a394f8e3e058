import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountId, phone } from '../../../cli/testing/fixture.ts'
import { setPolicy } from '../../../cli/testing/one-time-passwords.ts'
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

async function sweepNow(): Promise<number> {
  const place = { url: cabinet.database.urls.accounts, logger: silentLogger }
  const db = connectDatabase<Tables>(place)
  const reader = createReader(place)
  const policies = createPolicies({ reader, clock: { now: () => NOW }, schema: accountsPolicies })
  const swept = await sweep(db, await policies.current(), NOW)
  await Promise.all([db.destroy(), reader.close()])
  return swept
}

it('sweeps away old messages that are over, their receipts and marks of events, and nothing younger', async () => {
  const { sql } = cabinet.database
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

  expect(await sweepNow()).toBe(4)

  expect(await sql('select purpose from accounts.message order by 1')).toEqual([
    { purpose: 'on its way' },
    { purpose: 'young' },
  ])
  expect(await sql('select smsc_id from accounts.message_receipt')).toEqual([{ smsc_id: 'of 29 days' }])
  expect(await sql('select received_at from accounts.inbox')).toEqual([{ received_at: daysAgo(29) }])
})

it('sweeps away sessions that were not used for long, ended or forgotten, with their rotations, and no others', async () => {
  const { sql } = cabinet.database
  const insert = async (name: string, days: number, isEnded: boolean) => {
    const id = newId()
    await sql(
      `insert into accounts.session (person_id, id, account_id, method, device_name, refresh_seed, secret_id,
         created_at, last_used_at, access_until, ended_at, end_reason)
       values ($1, $2, $1, 'PASSWORD', $3, '\\x00', 'a secret', $4, $5, $5, $6, $7)`,
      [
        accountId(1),
        id,
        name,
        daysAgo(2_000),
        daysAgo(days),
        isEnded ? daysAgo(days) : null,
        isEnded ? 'REVOKED' : null,
      ],
    )
    await sql('insert into accounts.session_rotation values ($1, $2, 1, null, $3)', [accountId(1), id, daysAgo(days)])
  }
  await insert('ended long ago', 401, true)
  await insert('forgotten long ago', 401, false)
  await insert('ended', 399, true)
  await insert('forgotten', 399, false)
  await insert('in use', 1, false)
  // Nothing goes that could still be used.
  await setPolicy(cabinet.database, 'session.idleDays', 500)
  expect(await sweepNow()).toBe(0)
  await setPolicy(cabinet.database, 'session.idleDays', 60)
  expect(await sweepNow()).toBe(2)
  expect(
    await sql(`select device_name from accounts.session join accounts.session_rotation as rotation
      on rotation.person_id = session.person_id and rotation.session_id = session.id order by 1`),
  ).toEqual([{ device_name: 'ended' }, { device_name: 'forgotten' }, { device_name: 'in use' }])
  expect(await sql('select from accounts.session_rotation')).toHaveLength(3)
})
