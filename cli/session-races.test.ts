import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { accountId, insertAccount } from './testing/fixture.ts'
import { openTestSession, refresh, type TestSession } from './testing/sessions.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const GRACE_MS = 10_000
/** It held for 10,000 too, which take minutes. */
const RACES = 500
const RACES_A_SESSION = 20
const SIGNED_OUT = 'a tab was signed out'
const PATIENCE = { timeout: 10_000, interval: 5 }

/** What some tabs send at one moment of a race, all at once: the token it began with, or the newest that any has got. */
const volley = fc.record({
  afterMs: fc.integer({ min: 0, max: 4_000 }),
  tokens: fc.array(fc.constantFrom('first', 'first', 'newest'), { minLength: 1, maxLength: 4 }),
  /** Of those sent, whose answers are lost. */
  lost: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
})
const race = fc.record({
  quietMs: fc.integer({ min: GRACE_MS, max: 3_600_000 }),
  volleys: fc.array(volley, { minLength: 1, maxLength: 4 }),
})
type Race = typeof race extends fc.Arbitrary<infer Value> ? Value : never

describe('tabs that race for one refresh token', () => {
  let cabinet: TestCabinet
  let nowMs = Date.parse('2026-11-22T10:00:00Z')

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => new Date(nowMs) } })
    for (const number of [1, 2]) await insertAccount(cabinet.database, { number })
  })
  afterAll(() => cabinet.close())

  const open = (number = 1) => openTestSession(cabinet, accountId(number))
  const statusOf = async ({ accessToken }: TestSession) =>
    (await cabinet.ask({ query: '{ viewer { id } }' }, accessToken)).status
  const untilEnded = (session: TestSession) =>
    vi.waitFor(async () => expect(await statusOf(session)).toBe(401), PATIENCE)

  /** Runs a race and gives what the tabs keep of it. Rejects when one of them is told that the session is over. */
  async function run(begun: TestSession, { quietMs, volleys }: Race): Promise<TestSession> {
    nowMs += quietMs
    const endsAt = nowMs + GRACE_MS
    const traded = new Set<string>()
    let newest = begun
    for (const { afterMs, tokens, lost } of volleys) {
      nowMs = Math.min(nowMs + afterMs, endsAt)
      const sent = tokens.map((token) => (token === 'first' ? begun : newest).refreshToken)
      for (const token of sent) traded.add(token)
      const answers = await Promise.all(sent.map((token) => trade(token)))
      newest = newestOf([newest, ...answers.filter((_, index) => !lost[index])])
    }
    // A token whose answer was lost is sent once more, while it may be.
    return traded.has(newest.refreshToken) ? trade(newest.refreshToken) : newest
  }

  async function trade(refreshToken: string): Promise<TestSession> {
    const answer = await refresh(cabinet, refreshToken, 'browser')
    if (answer === null) throw new Error(SIGNED_OUT)
    return answer
  }

  async function runAll(races: readonly Race[]): Promise<void> {
    let kept = await open()
    for (const each of races) kept = await run(kept, each)
    expect(await statusOf(kept)).toBe(200)
  }

  const sessions = fc.array(race, { minLength: RACES_A_SESSION, maxLength: RACES_A_SESSION })

  it('never sign the person out, whatever answers are lost', async () => {
    await fc.assert(fc.asyncProperty(sessions, runAll), { numRuns: RACES / RACES_A_SESSION })
  })

  it('would be found to sign people out, had they no time of grace', async () => {
    const policy = `insert into accounts.policy (name, version, value) values ('session.graceSeconds', 2, '0')`
    await cabinet.database.sql(policy)
    nowMs += 60_000
    await expect(
      fc.assert(fc.asyncProperty(sessions, runAll), { numRuns: 5, endOnFailure: true }),
    ).rejects.toMatchObject({ cause: { message: SIGNED_OUT } })
    await cabinet.database.sql(`delete from accounts.policy where name = 'session.graceSeconds' and version = 2`)
    nowMs += 60_000
  })

  /** A thief comes with a stolen token; before or after, its owner has traded it. */
  const theft = fc.record({
    isThiefFirst: fc.boolean(),
    tradesBetween: fc.integer({ min: 0, max: 3 }),
    afterMs: fc.integer({ min: 0, max: 3_600_000 }),
    device: fc.constantFrom('browser', 'another'),
  })

  it('are told from a thief: on another device, or later than the grace, the session ends for both', async () => {
    const property = fc.asyncProperty(theft, async ({ isThiefFirst, tradesBetween, afterMs, device }) => {
      const isRace = device === 'browser' && afterMs <= GRACE_MS
      fc.pre(!isRace)
      const stolen = await open(2)
      nowMs += GRACE_MS
      const [first, second] = isThiefFirst ? [device, 'browser'] : ['browser', device]
      let newest = await refresh(cabinet, stolen.refreshToken, first)
      for (let trade = 0; trade < tradesBetween; trade++) {
        newest = await refresh(cabinet, newest?.refreshToken ?? '', first)
      }
      if (newest === null) throw new Error('who came first was refused')
      nowMs += afterMs
      expect(await refresh(cabinet, stolen.refreshToken, second)).toBeNull()
      expect(await refresh(cabinet, newest.refreshToken, first)).toBeNull()
      await untilEnded(newest)
      await untilEnded(stolen)
    })
    await fc.assert(property, { numRuns: 100 })
    const ofKind = (table: string, kind: string) =>
      cabinet.database.sql(`select 1 from accounts.${table} where account_id = $1 and kind = $2`, [accountId(2), kind])
    expect(await ofKind('notice', 'SESSIONS_ENDED')).toHaveLength(100)
    expect(await ofKind('act', 'REFRESH_TOKEN_REUSED')).toHaveLength(100)
  })

  it('keep no more of the past than the time of grace needs', async () => {
    const { count } = (
      await cabinet.database.sql<{ count: number }>(
        'select max(count)::int as count from (select count(*) from accounts.session_rotation group by session_id) as kept',
      )
    )[0] ?? { count: 0 }
    expect(count).toBeGreaterThan(0)
    expect(count).toBeLessThan(20)
  })
})

/** Which of the tokens of its session it is. */
function generationOf({ refreshToken }: TestSession): number {
  return Buffer.from(refreshToken, 'base64url').readUInt32BE(32)
}

function newestOf(sessions: readonly TestSession[]): TestSession {
  return sessions.reduce((newest, each) => (generationOf(each) > generationOf(newest) ? each : newest))
}
