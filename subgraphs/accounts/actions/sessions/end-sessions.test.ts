import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { UNKNOWN_CLIENT } from '../../../../platform/identity/viewer.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { insertSession } from '../../store/sessions.ts'
import type { Tables } from '../../store/tables.ts'
import { endSessions } from './end-sessions.ts'

const newId = createNewId(systemClock)
const [ANNA, BORIS, COMPANY] = [accountId(1), accountId(2), accountId(3)]
let database: TestDatabase
let db: Kysely<Tables>

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectDatabase<Tables>({ url: database.urls.accounts, logger: silentLogger })
})

afterAll(async () => {
  await db.destroy()
  await database.drop()
})

/** A session whose last access token ends so many seconds from now. */
async function open(personId: string, account = personId, accessSeconds = 900): Promise<string> {
  const id = newId()
  const now = systemClock.now()
  await db.transaction().execute((trx) =>
    insertSession(trx, {
      personId,
      id,
      accountId: account,
      organizationRole: personId === account ? null : 'user',
      method: 'DEVELOPMENT',
      deviceName: null,
      client: UNKNOWN_CLIENT,
      refreshSeed: Buffer.alloc(32),
      secretId: 'secret',
      now,
      accessUntil: new Date(now.getTime() + accessSeconds * 1000),
    }),
  )
  return id
}

const end = (choice: Omit<Parameters<typeof endSessions>[2], 'reason'>) =>
  db.transaction().execute((trx) => endSessions(trx, { clock: systemClock }, { ...choice, reason: 'REVOKED' }))
const openIds = async () =>
  (await database.sql<{ id: string }>('select id from accounts.session where ended_at is null order by id')).map(
    ({ id }) => id,
  )
const fedIds = async () =>
  (await database.sql<{ id: string }>('select session_id as id from accounts.ended_session order by 1')).map(
    ({ id }) => id,
  )

it('ends the sessions of a person, in an account, or of a person in an account, but for the one that stays', async () => {
  const own = await open(ANNA)
  const kept = await open(ANNA)
  const atWork = await open(ANNA, COMPANY)
  const another = await open(BORIS, COMPANY)
  const elsewhere = await open(BORIS)
  expect(await end({ personId: ANNA, accountId: COMPANY })).toBe(1)
  expect(await openIds()).toEqual([own, kept, another, elsewhere])
  expect(await end({ personId: ANNA, except: kept })).toBe(1)
  expect(await openIds()).toEqual([kept, another, elsewhere])
  expect(await end({ accountId: COMPANY })).toBe(1)
  expect(await openIds()).toEqual([kept, elsewhere])
  expect(await fedIds()).toEqual([own, atWork, another].sort())
  expect(await end({ accountId: COMPANY })).toBe(0)
})

it('does not tell of a session whose access tokens are over already', async () => {
  const before = await fedIds()
  await open(COMPANY, COMPANY, -1)
  expect(await end({ personId: COMPANY })).toBe(1)
  expect(await fedIds()).toEqual(before)
})

it('lets any number end the same sessions at once', async () => {
  for (let round = 0; round < 10; round++) {
    await Promise.all(Array.from({ length: 20 }, () => open(BORIS, COMPANY)))
    const ended = await Promise.all([
      ...Array.from({ length: 4 }, () => end({ personId: BORIS })),
      ...Array.from({ length: 4 }, () => end({ accountId: COMPANY })),
    ])
    expect(ended.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(20)
    expect(ended.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(21)
  }
})

it('refuses to end the sessions of everybody', async () => {
  await expect(end({})).rejects.toThrow('sessions are ended of a person or in an account')
})
