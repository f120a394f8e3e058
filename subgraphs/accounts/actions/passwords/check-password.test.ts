import type { Kysely } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, phone } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader } from '../../../../platform/database/reader.ts'
import { ANONYMOUS, UNKNOWN_CLIENT, type Viewer } from '../../../../platform/identity/viewer.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { createPolicies } from '../../../../platform/policy/policies.ts'
import { giveBackPasswordTry } from '../../store/password-tries.ts'
import { accountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { type CheckPasswordDependencies, checkPassword } from './check-password.ts'
import { NOBODYS_HASH } from './password-hasher.ts'

const RIGHT = 'three grey herons by the pond'
const ANNA = accountId(1)
const DAY_MS = 86_400_000
const WRONG_TRIES_A_DAY = 20

describe('tries at passwords', { timeout: 300_000 }, () => {
  let database: TestDatabase
  let db: Kysely<Tables>
  let dependencies: CheckPasswordDependencies
  let reader: ReturnType<typeof createReader>
  let nowMs = Date.parse('2026-11-22T10:00:00Z')
  let guesses = 0
  const statements: string[] = []
  /** What was hashed, and with which hash it was compared: as quick as 10,000 guesses need. */
  const compared: (string | null)[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
    const options = { url: database.urls.accounts, logger: silentLogger }
    db = connectDatabase<Tables>({ ...options, onStatement: (sql) => statements.push(sql) })
    reader = createReader(options)
    const clock = { now: () => new Date(nowMs) }
    dependencies = {
      db,
      clock,
      policies: createPolicies({ reader, clock, schema: accountsPolicies }),
      hasher: {
        hash: async () => NOBODYS_HASH,
        async verify(password, hash) {
          compared.push(hash)
          return hash !== null && password === RIGHT
        },
      },
    }
    await database.sql('insert into accounts.password (person_id, hash, changed_at) values ($1, $2, now())', [
      ANNA,
      NOBODYS_HASH,
    ])
  })
  afterAll(async () => {
    await reader.close()
    await db.destroy()
    await database.drop()
  })
  beforeEach(() => {
    nowMs += 2 * DAY_MS
    compared.length = 0
  })

  /** Every guess from another address: nothing but the number stands against it. */
  const stranger = (): Viewer => ({
    principal: ANONYMOUS,
    language: 'en',
    requestId: 'a request',
    client: { ...UNKNOWN_CLIENT, address: `2001:db8:${(++guesses).toString(16)}::1`, device: String(guesses) },
  })
  const guess = (password = 'a guess', subject = phone(1), personId: string | null = ANNA) =>
    checkPassword(dependencies, { subject, personId, password }, stranger())

  it('hash once and ask the same of the database, whether or not there is such a person or a password', async () => {
    const asked: string[][] = []
    for (const [subject, personId] of [
      [phone(1), ANNA],
      [phone(2), accountId(2)],
      [phone(3), null],
    ] as const) {
      statements.length = 0
      expect(await guess('a guess', subject, personId)).toEqual({ kind: 'wrongPassword' })
      asked.push([...statements])
    }
    expect(asked[1]).toEqual(asked[0])
    expect(asked[2]).toEqual(asked[0])
    expect(compared).toEqual([NOBODYS_HASH, null, null])
  })

  it('pause longer and longer, and tell until when', async () => {
    const pauses: number[] = []
    for (let count = 0; count < WRONG_TRIES_A_DAY; count++) {
      expect((await guess()).kind).toBe('wrongPassword')
      const refused = await guess(RIGHT)
      if (refused.kind !== 'tooManyAttempts') {
        // The right password, taken: it counts for nothing.
        if (refused.kind === 'right') await giveBackPasswordTry(db, refused.tried)
        pauses.push(0)
        continue
      }
      pauses.push((refused.retryAt.getTime() - nowMs) / 1_000)
      nowMs = refused.retryAt.getTime() - 1
      expect((await guess(RIGHT)).kind).toBe('tooManyAttempts')
      nowMs += 1
    }
    expect(pauses.slice(0, 9)).toEqual([0, 0, 15, 30, 60, 120, 240, 480, 900])
    expect(pauses.slice(9, -1).every((seconds) => seconds === 900)).toBe(true)
    // After the twentieth it is the first that has to be a day old.
    expect(pauses.at(-1)).toBeGreaterThan(20 * 3_600)
  })

  it('are taken one by one, however many come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => guess()))
    expect(compared).toHaveLength(3)
    expect(outcomes.filter(({ kind }) => kind === 'wrongPassword')).toHaveLength(3)
    expect(outcomes.filter(({ kind }) => kind === 'tooManyAttempts')).toHaveLength(197)
  })

  it('are never more than twenty within any day, in 10,000 guesses of one who has all the time in the world', async () => {
    const takenAt: number[] = []
    for (let sent = 0; sent < 10_000; ) {
      nowMs += below(8) === 0 ? below(6 * 3_600_000) : below(960_000)
      const volley = 1 + below(20)
      sent += volley
      const outcomes = await Promise.all(Array.from({ length: volley }, () => guess()))
      takenAt.push(...outcomes.filter(({ kind }) => kind === 'wrongPassword').map(() => nowMs))
      if (below(3) === 0) await signInAsOwner()
    }
    const inDayBefore = (at: number) => takenAt.filter((other) => other > at - DAY_MS && other <= at).length
    expect(Math.max(...takenAt.map(inDayBefore))).toBe(WRONG_TRIES_A_DAY)
  })

  /** That gives a thief no new tries. */
  async function signInAsOwner(): Promise<void> {
    const own = await guess(RIGHT)
    if (own.kind === 'right') await giveBackPasswordTry(db, own.tried)
  }

  let seed = 20_261_122
  function below(limit: number): number {
    seed = (seed * 48_271) % 2_147_483_647
    return seed % limit
  }

  it('from one address are counted together, of whichever number', async () => {
    const viewer = stranger()
    const outcomes: string[] = []
    for (let number = 0; number < 210; number++) {
      const check = { subject: phone(1_000 + number), personId: null, password: 'a guess' }
      outcomes.push((await checkPassword(dependencies, check, viewer)).kind)
    }
    expect(outcomes.lastIndexOf('wrongPassword')).toBe(199)
    expect(outcomes.at(-1)).toBe('tooManyAttempts')
  })

  it('are given back when there is no room to look at them', async () => {
    const full = { ...dependencies, hasher: { hash: async () => null, verify: async () => null } }
    for (let count = 0; count < 30; count++) {
      const outcome = await checkPassword(full, { subject: phone(9), personId: ANNA, password: RIGHT }, stranger())
      expect(outcome.kind).toBe('tooManyRequests')
    }
    expect((await guess(RIGHT, phone(9))).kind).toBe('right')
  })
})
