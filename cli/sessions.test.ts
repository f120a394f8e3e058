import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSecrets } from '../platform/identity/secrets.ts'
import { accountId, insertAccount } from './testing/fixture.ts'
import { openTestSession, refresh, send, type TestSession } from './testing/sessions.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const START_MS = Date.parse('2026-11-22T10:00:00Z')
const DAY_MS = 86_400_000
const PATIENCE = { timeout: 10_000, interval: 5 }
const VIEWER = { query: '{ viewer { id } }' }
const SESSION_ENDED = { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' }
const [ANNA, BORIS, COMPANY] = [accountId(1), accountId(2), accountId(3)]

describe('a session', () => {
  let cabinet: TestCabinet
  let nowMs = START_MS
  const clock = { now: () => new Date(nowMs) }

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock })
    for (const number of [1, 2]) await insertAccount(cabinet.database, { number })
    await insertAccount(cabinet.database, { number: 3, kind: 'ORGANIZATION' })
  })
  afterAll(() => cabinet.close())
  beforeEach(() => {
    nowMs += DAY_MS
  })

  const open = (account = ANNA) => openTestSession(cabinet, account)
  const sessionsOf = async ({ accessToken }: TestSession) =>
    (await send(cabinet, 'sessions', { accessToken })).data.viewer.sessions
  const reasonFor = async ({ accessToken }: TestSession) =>
    (await cabinet.ask(VIEWER, accessToken)).errors?.[0]?.extensions
  const untilRefused = (session: TestSession) =>
    vi.waitFor(async () => expect(await reasonFor(session)).toEqual(SESSION_ENDED), PATIENCE)
  const endReason = async (session: TestSession) =>
    (await cabinet.database.sql('select end_reason from accounts.session where id = $1', [idOf(session)]))[0]?.[
      'end_reason'
    ]
  const noticesOf = (account: string) =>
    cabinet.database.sql(
      'select kind, parameters from accounts.notice where account_id = $1 and created_at >= $2 order by id',
      [account, clock.now()],
    )
  const actsOf = async (account: string) =>
    (
      await cabinet.database.sql('select kind from accounts.act where account_id = $1 and at >= $2 order by id', [
        account,
        clock.now(),
      ])
    ).map(({ kind }) => kind)

  it('is renewed by its refresh token, with which its owner reads their account in the same answer', async () => {
    const first = await open()
    const { data } = await send(cabinet, 'refresh-session', { input: { refreshToken: first.refreshToken } })
    expect(data.refreshSession).toMatchObject({
      __typename: 'SignInSuccess',
      session: { accessTokenExpiresAt: new Date(nowMs + 900_000).toISOString() },
      viewer: { id: ANNA, displayName: 'Account 1' },
    })
    const { session } = data.refreshSession
    expect(session.refreshToken).not.toBe(first.refreshToken)
    expect((await cabinet.ask(VIEWER, session.accessToken)).data).toEqual({ viewer: { id: ANNA } })
  })

  it('is listed with what was said of it, and when it was used last', async () => {
    const first = await open(BORIS)
    nowMs += 60_000
    const second = await open(BORIS)
    nowMs += 60_000
    await refresh(cabinet, first.refreshToken, 'phone')
    expect(await sessionsOf(second)).toEqual([
      {
        id: idOf(first),
        deviceName: 'Cabinet CLI',
        createdAt: new Date(nowMs - 120_000).toISOString(),
        lastUsedAt: new Date(nowMs).toISOString(),
        isCurrent: false,
      },
      expect.objectContaining({
        id: idOf(second),
        isCurrent: true,
        lastUsedAt: new Date(nowMs - 60_000).toISOString(),
      }),
    ])
  })

  it('ends when it signs out: its tokens are refused, and an act tells of it', async () => {
    const session = await open()
    expect((await send(cabinet, 'sign-out', session)).data).toEqual({
      signOut: { __typename: 'SignOutSuccess', signedOutSessions: 1 },
    })
    await untilRefused(session)
    expect((await cabinet.ask(VIEWER, session.accessToken)).status).toBe(401)
    expect(await refresh(cabinet, session.refreshToken, 'phone')).toBeNull()
    expect(await actsOf(ANNA)).toEqual(['SIGNED_IN', 'SIGNED_OUT'])
  })

  it('is revoked by another of the same person, and by nobody else', async () => {
    const [lost, own, stranger] = [await open(), await open(), await open(BORIS)]
    const input = { sessionId: idOf(lost) }
    const revoke = async ({ accessToken }: TestSession) =>
      (await send(cabinet, 'revoke-session', { input, accessToken })).data.revokeSession.__typename
    expect(await revoke(stranger)).toBe('SessionNotFoundError')
    expect(await reasonFor(lost)).toBeUndefined()
    expect(await revoke(own)).toBe('RevokeSessionSuccess')
    expect(await revoke(own)).toBe('SessionNotFoundError')
    await untilRefused(lost)
    expect(await reasonFor(own)).toBeUndefined()
    expect(await noticesOf(ANNA)).toEqual([{ kind: 'SESSIONS_ENDED', parameters: { count: 1, reason: 'REVOKED' } }])
  })

  it('revokes all others of the person at once', async () => {
    const [own, ...others] = [await open(), await open(), await open()]
    const stranger = await open(BORIS)
    const before = (await sessionsOf(own)).length
    const { data } = await send(cabinet, 'revoke-other-sessions', own)
    expect(data.revokeOtherSessions.signedOutSessions).toBe(before - 1)
    for (const other of others) await untilRefused(other)
    expect(await sessionsOf(own)).toEqual([expect.objectContaining({ id: idOf(own) })])
    expect(await reasonFor(stranger)).toBeUndefined()
    expect((await send(cabinet, 'revoke-other-sessions', own)).data.revokeOtherSessions.signedOutSessions).toBe(0)
  })

  it('ends others only while it is open itself, though the gateway has not heard yet that it is not', async () => {
    const [thief, owner] = [await open(), await open()]
    await cabinet.database.sql(`update accounts.session set ended_at = $2, end_reason = 'REVOKED' where id = $1`, [
      idOf(thief),
      clock.now(),
    ])
    const { data } = await send(cabinet, 'revoke-other-sessions', thief)
    expect(data.revokeOtherSessions.__typename).toBe('SessionNotFoundError')
    expect(await reasonFor(owner)).toBeUndefined()
  })

  it('is over when it was not used for sixty days, and not before', async () => {
    const session = await open()
    nowMs += 60 * DAY_MS - 1
    const renewed = await refresh(cabinet, session.refreshToken, 'phone')
    expect(renewed).not.toBeNull()
    nowMs += 60 * DAY_MS
    expect(await refresh(cabinet, renewed?.refreshToken ?? '', 'phone')).toBeNull()
    expect((await sessionsOf(await open())).map(({ id }: { id: string }) => id)).not.toContain(idOf(session))
  })

  it('makes room when the person opens more than a hundred: the one used longest ago ends', async () => {
    const account = accountId(4)
    await insertAccount(cabinet.database, { number: 4 })
    const first = await open(account)
    const second = await open(account)
    nowMs += 1_000
    await refresh(cabinet, first.refreshToken, 'phone')
    for (let opened = 2; opened < 100; opened++) await open(account)
    expect(await endReason(second)).toBeNull()
    const last = await open(account)
    expect(await endReason(second)).toBe('REPLACED')
    expect(await endReason(first)).toBeNull()
    expect(await sessionsOf(last)).toHaveLength(100)
  })

  it('acts for an organization in the role that the person has now, and ends with the membership', async () => {
    const member = 'insert into accounts.organization_member (organization_id, member_id, role) values ($1, $2, $3)'
    await cabinet.database.sql(member, [COMPANY, BORIS, 'ADMINISTRATOR'])
    const session = await openTestSession(cabinet, COMPANY, 'administrator')
    const members = { query: '{ viewer { id members { id } } }' }
    expect((await cabinet.ask(members, session.accessToken)).data.viewer).toEqual({
      id: COMPANY,
      members: [{ id: BORIS }],
    })
    await cabinet.database.sql(`update accounts.organization_member set role = 'USER' where member_id = $1`, [BORIS])
    const asUser = await refresh(cabinet, session.refreshToken, 'phone')
    expect((await cabinet.ask(members, asUser?.accessToken)).data.viewer).toEqual({ id: COMPANY, members: null })
    await cabinet.database.sql('delete from accounts.organization_member where member_id = $1', [BORIS])
    expect(await refresh(cabinet, asUser?.refreshToken ?? '', 'phone')).toBeNull()
    expect(await endReason(session)).toBe('MEMBERSHIP_ENDED')
    await untilRefused(session)
  })

  it('lasts when a new secret is put in front, and is refused when the old one is gone', async () => {
    const texts = [
      'development-old-secret-of-a-test-xxxxxxxxxxxxxxx',
      'development-new-secret-of-a-test-xxxxxxxxxxxxxxx',
    ]
    const [old = '', newest = ''] = texts
    const withSecrets = (...secrets: string[]) =>
      openTestCabinet({ clock, databaseUrls: cabinet.database.urls, accountsSecrets: createSecrets(secrets) })
    const before = await withSecrets(old)
    const session = await openTestSession(before, ANNA)
    const during = await withSecrets(newest, old)
    const renewed = await refresh(during, session.refreshToken, 'phone')
    expect(renewed).not.toBeNull()
    const after = await withSecrets(newest)
    expect(await refresh(after, renewed?.refreshToken ?? '', 'phone')).toBeNull()
    expect(await refresh(during, renewed?.refreshToken ?? '', 'phone')).not.toBeNull()
    for (const each of [before, during, after]) await each.close()
  })

  it('is refused with any token that was not given for it', async () => {
    const [own, other] = [await open(), await open(BORIS)]
    const bytes = Buffer.from(own.refreshToken, 'base64url')
    const changed = (at: number) => {
      const copy = Buffer.from(bytes)
      copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
      return copy.toString('base64url')
    }
    const nameOf = (token: string) => Buffer.from(token, 'base64url').subarray(0, 36)
    const forgeries = {
      'that is empty': '',
      'cut short': own.refreshToken.slice(0, -1),
      'with something behind it': `${own.refreshToken}A`,
      'of another person': changed(0),
      'of another session': changed(20),
      'of the next generation': changed(35),
      'of a generation that is far away': changed(32),
      'with another code': changed(40),
      'of another session with the code of this': Buffer.concat([
        nameOf(other.refreshToken),
        bytes.subarray(36),
      ]).toString('base64url'),
      'that is an access token': own.accessToken,
    }
    for (const [name, token] of Object.entries(forgeries)) {
      expect(await refresh(cabinet, token, 'phone'), name).toBeNull()
    }
    // None of them ended anything.
    expect(await refresh(cabinet, own.refreshToken, 'phone')).not.toBeNull()
    expect(await refresh(cabinet, other.refreshToken, 'phone')).not.toBeNull()
  })
})

/** The session that an access token is of. */
function idOf({ accessToken }: TestSession): string {
  return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid
}
