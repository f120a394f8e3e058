import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  lineId,
  phone,
} from '../../../../cli/testing/fixture.ts'
import {
  requestPassword,
  sentCode,
  sentTexts,
  setPolicy,
  signInByPhone,
  signInWithPassword,
  solveProofOfWork,
  wrongCode,
} from '../../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../../../cli/testing/test-cabinet.ts'

let cabinet: TestCabinet
let now: Date
const clock = { now: () => now }
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000)
}
const sql = <Row extends object>(text: string, values: unknown[] = []) => cabinet.database.sql<Row>(text, values)
const delivery = async (id: string) =>
  (await cabinet.ask({ query: `{ oneTimePasswordDelivery(id: "${id}") { id status resendAt expiresAt } }` })).data
    .oneTimePasswordDelivery
const resend = async (deliveryId: string) =>
  (
    await cabinet.ask({
      query: `mutation { result: resendOneTimePassword(input: { deliveryId: "${deliveryId}" }) { __typename
        ... on ResendOneTimePasswordSuccess { delivery { id status resendAt expiresAt } }
        ... on TooManyRequestsError { retryAt } ... on UserError { message path } } }`,
    })
  ).data.result
const typename = (answer: { data: { result: { __typename: string } } }) => answer.data.result.__typename

beforeEach(async () => {
  now = new Date('2026-11-22T12:00:00Z')
  cabinet = await openTestCabinet({ clock })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1, displayName: 'Anna' })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
})
afterEach(() => cabinet.close())

describe('signing in with a one-time password', () => {
  it.each(['9160000001', '89160000001', '+7 916 000-00-01', '8 (916) 000 00 01', '7-916-000-00-01'])(
    'takes a number typed as %s, and makes the cabinet known the first time',
    async (typed) => {
      const requested = await requestPassword(cabinet, typed)
      expect(typename(requested)).toBe('RequestOneTimePasswordSuccess')
      const signedIn = await signInWithPassword(cabinet, {
        phone: typed,
        code: await sentCode(cabinet.database, phone(1)),
        deviceName: '  Pixel 9 ',
      })
      expect(signedIn.errors).toBeUndefined()
      expect(signedIn.data.result.viewer).toEqual({ id: accountId(1), displayName: 'Anna' })
      expect(await sql('select kind from accounts.act order by id')).toEqual([
        { kind: 'REGISTERED' },
        { kind: 'SIGNED_IN' },
      ])
      expect(await sql('select account_id, phone from accounts.contact')).toEqual([
        { account_id: accountId(1), phone: phone(1) },
      ])
      expect(await sql('select method, device_name from accounts.session')).toEqual([
        { method: 'ONE_TIME_PASSWORD', device_name: 'Pixel 9' },
      ])
      const home = await cabinet.ask(
        { query: '{ viewer { lines { nodes { msisdn } } } }' },
        signedIn.data.result.session.accessToken,
      )
      expect(home.data.viewer.lines.nodes).toEqual([{ msisdn: phone(1) }])
    },
  )

  it.each(['', '12', 'a telephone', '916000000123456789012', '+7 916 000-00-01 ext. 2', '9'.repeat(60), '🙂'])(
    'refuses %j as a number with a typed error, and keeps the captcha for another try',
    async (typed) => {
      const captcha = await solveProofOfWork(cabinet)
      const request = (input: object) =>
        cabinet.ask({
          query: `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
            __typename ... on UserError { message path } } }`,
          variables: { input: { ...captcha, ...input } },
        })
      const refused = await request({ phone: typed })
      expect(refused.data.result).toMatchObject({ __typename: 'InvalidPhoneNumberError', path: ['phone'] })
      expect(typename(await signInWithPassword(cabinet, { phone: typed, code: '123456' }))).toBe(
        'InvalidPhoneNumberError',
      )
      expect(typename(await request({ phone: phone(1) }))).toBe('RequestOneTimePasswordSuccess')
    },
  )

  it('sends one short text in the language of the account, sealed, with the code and a warning', async () => {
    await requestPassword(cabinet, phone(1), { 'accept-language': 'en' })
    const [text = ''] = await sentTexts(cabinet.database, phone(1))
    expect(text).toMatch(/^\d{6} — код для входа\. Никому его не сообщайте\.$/)
    expect(text.length).toBeLessThanOrEqual(70)
    const [code] = text.split(' ')
    const stored = JSON.stringify(await sql('select *, encode(code_hash, $1) from accounts.one_time_password', ['hex']))
    expect(stored + JSON.stringify(await sql('select * from accounts.message'))).not.toContain(code)
  })

  it('commits a password and its message together, so that none is lost between the two', async () => {
    await requestPassword(cabinet, phone(1))
    expect(
      await sql(
        `select password.xmin = message.xmin as "isOneTransaction", message.id = password.id as "isItsOwn"
         from accounts.one_time_password as password join accounts.message on message.phone = password.phone`,
      ),
    ).toEqual([{ isOneTransaction: true, isItsOwn: true }])
  })

  it('uses a password once, however many send it at once', async () => {
    await requestPassword(cabinet, phone(1))
    const code = await sentCode(cabinet.database, phone(1))
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => signInWithPassword(cabinet, { phone: phone(1), code })),
    )
    const names = Map.groupBy(answers, typename)
    expect(names.get('SignInSuccess')).toHaveLength(1)
    expect(await sql('select count(*)::int as count from accounts.session')).toEqual([{ count: 1 }])
  })

  it('answers a wrong, a used, an expired password and one of a number that nobody has alike', async () => {
    await requestPassword(cabinet, phone(1))
    const used = await sentCode(cabinet.database, phone(1))
    await signInWithPassword(cabinet, { phone: phone(1), code: used })
    await requestPassword(cabinet, phone(404))
    pass(60)
    await requestPassword(cabinet, phone(1))
    const wrong = await signInWithPassword(cabinet, {
      phone: phone(1),
      code: wrongCode(await sentCode(cabinet.database, phone(1))),
    })
    const again = await signInWithPassword(cabinet, { phone: phone(1), code: used })
    const nobody = await signInWithPassword(cabinet, { phone: phone(404), code: '123456' })
    const never = await signInWithPassword(cabinet, { phone: phone(405), code: '123456' })
    const noCode = await signInWithPassword(cabinet, { phone: phone(1), code: 'password' })
    pass(172_800)
    const expired = await signInWithPassword(cabinet, {
      phone: phone(1),
      code: await sentCode(cabinet.database, phone(1)),
    })
    expect(wrong.data.result.__typename).toBe('InvalidOneTimePasswordError')
    for (const other of [again, nobody, never, noCode, expired]) expect(other.data).toEqual(wrong.data)
  })

  it('tells the account of a device that it does not know', async () => {
    const phonePixel = { 'x-device-id': 'pixel' }
    await signInByPhone(cabinet, phone(1), phonePixel)
    pass(60)
    await signInByPhone(cabinet, phone(1), phonePixel)
    expect(await sql('select kind from accounts.notice')).toEqual([])
    pass(120)
    await signInByPhone(cabinet, phone(1), { 'x-device-id': 'another' })
    expect(await sql('select account_id, kind from accounts.notice')).toEqual([
      { account_id: accountId(1), kind: 'SIGNED_IN_ON_NEW_DEVICE' },
    ])
  })

  it('says that a part is away when linked numbers are, for every number alike, and uses nothing up', async () => {
    await requestPassword(cabinet, phone(1))
    const code = await sentCode(cabinet.database, phone(1))
    await sql('alter table linked_numbers.directory rename to directory_that_is_away')
    const answers = [
      await requestPassword(cabinet, phone(2)),
      await signInWithPassword(cabinet, { phone: phone(1), code }),
      await signInWithPassword(cabinet, { phone: phone(1), code: wrongCode(code) }),
      await signInWithPassword(cabinet, { phone: phone(404), code }),
    ]
    for (const { errors } of answers) {
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryAfter: expect.any(Number) })
    }
    await sql('alter table linked_numbers.directory_that_is_away rename to directory')
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code }))).toBe('SignInSuccess')
  })
})

describe('sending again', () => {
  it('keeps the password before the newest for ten minutes, and no older one', async () => {
    const codes: string[] = []
    for (let sent = 0; sent < 3; sent++) {
      await requestPassword(cabinet, phone(1))
      codes.push(await sentCode(cabinet.database, phone(1)))
      pass(130)
    }
    const [first = '', second = '', third = ''] = codes
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code: first }))).toBe(
      'InvalidOneTimePasswordError',
    )
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code: second }))).toBe('SignInSuccess')
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code: third }))).toBe('SignInSuccess')
  })

  it('lets the password before the newest go when its ten minutes are over', async () => {
    await requestPassword(cabinet, phone(1))
    const late = await sentCode(cabinet.database, phone(1))
    pass(60)
    await requestPassword(cabinet, phone(1))
    pass(600)
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code: late }))).toBe(
      'InvalidOneTimePasswordError',
    )
    const code = await sentCode(cabinet.database, phone(1))
    expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code }))).toBe('SignInSuccess')
  })

  it('waits longer each time, says from when on, and ends where a new captcha is due', async () => {
    let { delivery: latest } = (await requestPassword(cabinet, phone(1))).data.result
    const pauses: number[] = []
    while (latest.resendAt !== null) {
      pauses.push((new Date(latest.resendAt).getTime() - now.getTime()) / 1_000)
      expect(await delivery(latest.id)).toEqual(latest)
      expect(await resend(latest.id)).toMatchObject({ __typename: 'TooManyRequestsError', retryAt: latest.resendAt })
      now = new Date(latest.resendAt)
      ;({ delivery: latest } = await resend(latest.id))
    }
    expect(pauses).toEqual([30, 60, 120])
    pass(240)
    expect(await resend(latest.id)).toMatchObject({ __typename: 'OneTimePasswordDeliveryNotFoundError' })
    expect(await sentTexts(cabinet.database, phone(1))).toHaveLength(4)
  })

  it('repeats nothing an hour after the captcha, and nothing that was never sent', async () => {
    const { id } = (await requestPassword(cabinet, phone(1))).data.result.delivery
    pass(3_600)
    for (const none of [id, lineId(7), 'no id']) {
      expect(await resend(none)).toMatchObject({ __typename: 'OneTimePasswordDeliveryNotFoundError' })
    }
  })

  it('keeps counting wrong tries: of a password, and of the number', async () => {
    let tries = 0
    let answer = ''
    for (let sent = 0; sent < 6; sent++) {
      await requestPassword(cabinet, phone(1))
      const code = await sentCode(cabinet.database, phone(1))
      for (let guess = 0; guess < 5; guess++) {
        answer = typename(await signInWithPassword(cabinet, { phone: phone(1), code: wrongCode(code) }))
        if (answer === 'InvalidOneTimePasswordError') tries++
      }
      // Five wrong tries are the end of the right one too.
      expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code }))).not.toBe('SignInSuccess')
      pass(1_000)
    }
    expect(answer).toBe('TooManyAttemptsError')
    expect(tries).toBeLessThanOrEqual(20)
  })
})

describe('the status of a delivery', () => {
  it('follows the message', async () => {
    const { id } = (await requestPassword(cabinet, phone(1))).data.result.delivery
    for (const [stored, told] of [
      ['QUEUED', 'QUEUED'],
      ['SENDING', 'QUEUED'],
      ['SENT', 'SENT'],
      ['UNKNOWN', 'SENT'],
      ['DELIVERED', 'DELIVERED'],
      ['FAILED', 'FAILED'],
      ['EXPIRED', 'FAILED'],
    ]) {
      await sql(`update accounts.message set status = $1, attempt = id, claimed_until = 'infinity'`, [stored])
      expect((await delivery(id)).status).toBe(told)
    }
  })

  it('goes the same way for a number that nobody has, and nothing is sent there', async () => {
    await setPolicy(cabinet.database, 'otp.decoyFailurePermille', 0)
    const { id } = (await requestPassword(cabinet, phone(404))).data.result.delivery
    expect(await sql('select * from accounts.message')).toEqual([])
    const seen: string[] = []
    for (let tenth = 0; tenth < 120; tenth++) {
      const { status } = await delivery(id)
      if (seen.at(-1) !== status) seen.push(status)
      pass(0.1)
    }
    expect(seen).toEqual(['QUEUED', 'SENT', 'DELIVERED'])
  })

  it('is told to nobody for an id that was not given', async () => {
    expect(await delivery(lineId(1))).toBeNull()
    expect(await delivery('no id')).toBeNull()
  })
})
