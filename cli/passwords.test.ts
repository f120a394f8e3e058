import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, phone } from './testing/fixture.ts'
import { openTestSession, send, type TestSession } from './testing/sessions.ts'
import { createStatementWatch } from './testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const PASSWORD = 'three grey herons by the pond'
const ANOTHER = 'nine old anchors on a hill'
const DAY_MS = 86_400_000
const PATIENCE = { timeout: 10_000, interval: 5 }
let made = 0

describe('the cabinet password', () => {
  let cabinet: TestCabinet
  let nowMs = Date.parse('2026-11-22T10:00:00Z')
  const { onStatement, watch } = createStatementWatch()
  const clock = { now: () => new Date(nowMs) }

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock, onStatement })
    await insertCatalogue(cabinet.database)
  })
  afterAll(() => cabinet.close())
  beforeEach(() => {
    nowMs += 2 * DAY_MS
  })

  /** A person with a number, who has just signed in. */
  async function person(): Promise<{ account: string; number: string; session: TestSession }> {
    const number = ++made
    const account = await insertAccount(cabinet.database, { number })
    await insertLine(cabinet.database, { number, ownerId: account })
    return { account, number: phone(number), session: await openTestSession(cabinet, account) }
  }
  async function personWithPassword() {
    const anna = await person()
    expect(await set(anna.session)).toMatchObject({ __typename: 'SetPasswordSuccess' })
    return anna
  }

  const set = async ({ accessToken }: TestSession, newPassword = PASSWORD) =>
    (await send(cabinet, 'set-password', { input: { newPassword, otherSessions: 'KEEP' }, accessToken })).data
      .setPassword
  const change = async ({ accessToken }: TestSession, input: object) =>
    (await send(cabinet, 'change-password', { input: { otherSessions: 'KEEP', ...input }, accessToken })).data
      .changePassword
  const reset = async ({ accessToken }: TestSession, newPassword = ANOTHER) =>
    (await send(cabinet, 'reset-password', { input: { newPassword, otherSessions: 'END' }, accessToken })).data
      .resetPassword
  const signIn = async (number: string, password: string, deviceName?: string) =>
    (
      await send(cabinet, 'sign-in-with-password', {
        input: { phone: number, password, deviceName },
        device: `phone ${number}`,
      })
    ).data.signInWithPassword
  const hasPassword = async ({ accessToken }: TestSession) =>
    (await send(cabinet, 'has-password', { accessToken })).data.viewer.hasPassword

  it('is set once, and signs in with any way to write the number', async () => {
    const { account, number, session } = await person()
    expect(await hasPassword(session)).toBe(false)
    const setting = await watch(() => set(session))
    expect(setting.answer).toEqual({ __typename: 'SetPasswordSuccess', signedOutSessions: 0 })
    expect(setting.statements.filter(({ sql }) => sql.includes(PASSWORD))).toEqual([])
    expect(await hasPassword(session)).toBe(true)
    expect(await set(session, ANOTHER)).toMatchObject({ __typename: 'PasswordAlreadySetError' })
    for (const written of [number, number.replace('+7', '8'), number.replace('+7', ' ')]) {
      const { answer: signedIn, statements } = await watch(() => signIn(written, PASSWORD, 'Anna’s telephone'))
      expect(statements.length).toBeGreaterThan(5)
      expect(statements.filter(({ sql }) => sql.includes(PASSWORD))).toEqual([])
      expect(signedIn).toMatchObject({ __typename: 'SignInSuccess', viewer: { id: account } })
      const { data } = await cabinet.ask(
        { query: '{ viewer { sessions { deviceName method isCurrent } } }' },
        signedIn.session.accessToken,
      )
      expect(data.viewer.sessions).toContainEqual({
        deviceName: 'Anna’s telephone',
        method: 'PASSWORD',
        isCurrent: true,
      })
    }
    expect(await signIn(number, `${PASSWORD} `)).toMatchObject({ __typename: 'WrongPasswordError' })
    expect(await signIn('no number', PASSWORD)).toMatchObject({ __typename: 'InvalidPhoneNumberError' })
  })

  it('is refused with what is wrong with it', async () => {
    const { session } = await person()
    expect(await set(session, '12345')).toMatchObject({
      __typename: 'WeakPasswordError',
      weaknesses: ['TOO_SHORT', 'COMMON', 'SEQUENTIAL'],
      path: ['newPassword'],
    })
    expect(await hasPassword(session)).toBe(false)
  })

  it('is set and reset only within ten minutes of signing in, by the telephone for a reset', async () => {
    const { account, session } = await personWithPassword()
    const methodIs = (method: string) =>
      cabinet.database.sql('update accounts.session set method = $2 where person_id = $1', [account, method])
    for (const method of ['PASSWORD', 'SOCIAL', 'NETWORK']) {
      await methodIs(method)
      expect(await reset(session)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
    }
    await methodIs('ONE_TIME_PASSWORD')
    nowMs += 600_000
    expect(await reset(session)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
    nowMs -= 1
    expect(await reset(session)).toMatchObject({ __typename: 'ResetPasswordSuccess' })
    await cabinet.database.sql('delete from accounts.password where person_id = $1', [account])
    nowMs += 1
    expect(await set(session)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
    // On the operator's network somebody else may hold the modem.
    nowMs -= 1
    await methodIs('NETWORK')
    expect(await set(session)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
    await methodIs('SOCIAL')
    expect(await set(session)).toMatchObject({ __typename: 'SetPasswordSuccess' })
  })

  it('is changed by who knows it; others are signed out if that is wished, told, and an act says so', async () => {
    const { account, number, session } = await personWithPassword()
    const other = await openTestSession(cabinet, account)
    expect(await change(session, { currentPassword: ANOTHER, newPassword: ANOTHER })).toMatchObject({
      __typename: 'WrongPasswordError',
      path: ['currentPassword'],
    })
    const input = { currentPassword: PASSWORD, newPassword: ANOTHER, otherSessions: 'END' }
    expect(await change(session, input)).toEqual({ __typename: 'ChangePasswordSuccess', signedOutSessions: 1 })
    await vi.waitFor(
      async () => expect((await cabinet.ask({ query: '{ viewer { id } }' }, other.accessToken)).status).toBe(401),
      PATIENCE,
    )
    expect(await hasPassword(session)).toBe(true)
    expect(await signIn(number, PASSWORD)).toMatchObject({ __typename: 'WrongPasswordError' })
    expect(await signIn(number, ANOTHER)).toMatchObject({ __typename: 'SignInSuccess' })
    const kinds = async (table: string) =>
      (
        await cabinet.database.sql(`select kind from accounts.${table} where account_id = $1 order by id`, [account])
      ).map(({ kind }) => kind)
    expect(await kinds('notice')).toEqual(['PASSWORD_CHANGED', 'PASSWORD_CHANGED', 'SIGNED_IN_ON_NEW_DEVICE'])
    expect(await kinds('act')).toEqual(['SIGNED_IN', 'PASSWORD_SET', 'SIGNED_IN', 'PASSWORD_CHANGED', 'SIGNED_IN'])
    const texts = async () => {
      const notices = await cabinet.ask({ query: '{ viewer { notices { nodes { text } } } }' }, session.accessToken)
      return notices.data.viewer.notices.nodes.map(({ text }: { text: string }) => text)
    }
    // Newest first: each says what was done.
    await vi.waitFor(
      async () =>
        expect(await texts()).toEqual([
          expect.stringContaining('с нового устройства'),
          expect.stringContaining('Пароль личного кабинета изменён'),
          expect.stringContaining('Для личного кабинета задан пароль'),
        ]),
      PATIENCE,
    )
  })

  it('is changed by one of two who change it at once', async () => {
    const { number, session } = await personWithPassword()
    const wishes = [ANOTHER, `${ANOTHER} twice`]
    const outcomes = await Promise.all(
      wishes.map((newPassword) => change(session, { currentPassword: PASSWORD, newPassword })),
    )
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual(['ChangePasswordSuccess', 'WrongPasswordError'])
    const winner = wishes[outcomes.findIndex(({ __typename }) => __typename === 'ChangePasswordSuccess')]
    expect(await signIn(number, winner ?? '')).toMatchObject({ __typename: 'SignInSuccess' })
  })

  it('stays as it is for a while after the SIM was changed', async () => {
    const { account, session, number } = await personWithPassword()
    const until = new Date(nowMs + DAY_MS)
    await cabinet.database.sql(
      'insert into accounts.credential_hold (account_id, line_id, changed_at, until) values ($1, $1, $2, $3)',
      [account, clock.now(), until],
    )
    const held = {
      __typename: 'NotEligibleError',
      reasons: [{ code: 'SIM_CHANGED', remedy: expect.stringContaining(until.toISOString().slice(0, 10)) }],
    }
    expect(await change(session, { currentPassword: PASSWORD, newPassword: ANOTHER })).toMatchObject(held)
    expect(await reset(session)).toMatchObject(held)
    expect(await signIn(number, PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' })
  })

  it('answers the same, and asks the same, of a number that nobody has', async () => {
    const { number } = await personWithPassword()
    const { number: without } = await person()
    // The first of a process reads the policies, and makes connections.
    await signIn(phone(99_998), ANOTHER)
    const seen: Awaited<ReturnType<typeof watch>>[] = []
    for (const each of [number, without, phone(99_999)]) {
      const { answer, statements } = await watch(() => signIn(each, ANOTHER))
      // The policies are read once a second, for whoever asks first.
      seen.push({ answer, statements: statements.filter(({ sql }) => !sql.includes('from policy')) })
    }
    expect(seen[0]?.statements.length).toBeGreaterThan(3)
    expect(seen[0]?.answer).toMatchObject({ __typename: 'WrongPasswordError' })
    expect(seen[1]).toEqual(seen[0])
    expect(seen[2]).toEqual(seen[0])
  })

  it('withstands two hundred guesses at once, by aliases of one request and by many requests', async () => {
    const { number } = await personWithPassword()
    const written = [number, number.replace('+7', '8'), number.replace('+7', '')]
    const aliases = Array.from(
      { length: 20 },
      (_, index) =>
        `g${index}: signInWithPassword(input: { phone: "${written[index % 3]}", password: "guess ${index}" }) { __typename }`,
    )
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => cabinet.ask({ query: `mutation { ${aliases.join('\n')} }` })),
    )
    const types = answers
      .flatMap(({ data }) => Object.values(data as Record<string, { __typename: string }>))
      .map(({ __typename }) => __typename)
    expect(types).toHaveLength(200)
    expect(types.filter((type) => type === 'WrongPasswordError')).toHaveLength(3)
    expect(new Set(types)).toEqual(new Set(['WrongPasswordError', 'TooManyAttemptsError']))
    expect(await signIn(number, PASSWORD)).toMatchObject({ __typename: 'TooManyAttemptsError' })
    nowMs += 15_000
    expect(await signIn(number, PASSWORD)).toMatchObject({ __typename: 'SignInSuccess' })
  })

  it('is guessed no oftener by whoever has got hold of a session', async () => {
    const { session } = await personWithPassword()
    const input = { currentPassword: 'a guess', newPassword: ANOTHER }
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => change(session, input)))
    expect(outcomes.filter(({ __typename }) => __typename === 'WrongPasswordError')).toHaveLength(3)
  })
})
