import { afterEach, beforeEach, expect, it } from 'vitest'
import { createOneProcess } from '../../../../cli/one-process.ts'
import { SUPERGRAPH_PATH } from '../../../../cli/project.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, phone } from '../../../../cli/testing/fixture.ts'
import {
  requestPassword,
  sentCode,
  sentTexts,
  setPolicy,
  signInWithPassword,
  solveProofOfWork,
  wrongCode,
} from '../../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, TEST_SECRETS, type TestCabinet } from '../../../../cli/testing/test-cabinet.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'

let cabinet: TestCabinet
let now: Date
const clock = { now: () => now }
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000)
}
const sql = <Row extends object>(text: string, values: unknown[] = []) => cabinet.database.sql<Row>(text, values)
/** A busy machine may answer some of many at once with "not available now": those were not looked at. */
const typename = (answer: { data: { result: { __typename: string } } | null }) =>
  answer.data?.result.__typename ?? 'not available now'
const tally = (names: readonly string[]) =>
  Object.fromEntries([...Map.groupBy(names, String)].map(([k, v]) => [k, v.length]))
const wrongOf = async () =>
  (
    await sql<{ tries: number; ofNumber: number }>(
      `select (select max(wrong_tries) from accounts.one_time_password)::int as tries,
         (select max(cardinality(wrong_at)) from accounts.one_time_password_use) as "ofNumber"`,
    )
  )[0]

const expectTwenty = (names: readonly string[]) => {
  const { InvalidOneTimePasswordError: judged, TooManyAttemptsError: refused = 0, ...others } = tally(names)
  expect(judged).toBe(20)
  expect(refused).toBeGreaterThan(0)
  expect(Object.keys(others).filter((name) => name !== 'not available now')).toEqual([])
}

beforeEach(async () => {
  now = new Date('2026-11-22T12:00:00Z')
  cabinet = await openTestCabinet({ clock })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await setPolicy(cabinet.database, 'otp.guessesPerAddressHour', 100_000)
  await setPolicy(cabinet.database, 'otp.guessesPerDeviceHour', 100_000)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
})
afterEach(() => cabinet.close())

it('takes twenty of five hundred guesses that come at once, and five at the password', async () => {
  await requestPassword(cabinet, phone(1))
  const code = await sentCode(cabinet.database, phone(1))
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, index) =>
      signInWithPassword(cabinet, { phone: phone(1), code: wrongCode(String(Number(code) + index).padStart(6, '0')) }),
    ),
  )
  expectTwenty(answers.map(typename))
  expect(await wrongOf()).toEqual({ tries: 5, ofNumber: 20 })
  const late = await signInWithPassword(cabinet, { phone: phone(1), code })
  expect(late.data.result).toMatchObject({ __typename: 'TooManyAttemptsError', retryAt: '2026-11-23T12:00:00.000Z' })
  pass(86_400)
  // The day is over and the password is not, but five were tried at it.
  expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code }))).toBe('InvalidOneTimePasswordError')
})

it('takes no more from many guesses in one operation', async () => {
  await requestPassword(cabinet, phone(1))
  const code = await sentCode(cabinet.database, phone(1))
  const guess = (index: number) =>
    `g${index}: signInWithOneTimePassword(input: { phone: "${phone(1)}", code: "${wrongCode(code)}" }) { __typename ... on UserError { message path } }`
  const names: string[] = []
  for (let operation = 0; operation < 4; operation++) {
    const query = `mutation { ${Array.from({ length: 10 }, (_, index) => guess(index)).join(' ')} }`
    const { data, errors } = await cabinet.ask({ query })
    expect(errors).toBeUndefined()
    for (const result of Object.values<{ __typename: string }>(data)) names.push(result.__typename)
  }
  expect(tally(names)).toEqual({ InvalidOneTimePasswordError: 20, TooManyAttemptsError: 20 })
  expect(await wrongOf()).toEqual({ tries: 5, ofNumber: 20 })
})

it('counts the same in another process over the same database, and from five hundred addresses', async () => {
  const other = await createOneProcess({
    databaseUrls: cabinet.database.urls,
    clock,
    newId: createNewId(clock),
    logger: watchedLogger,
    currencyCode: 'RUB',
    accessTokenKeys: cabinet.keys,
    accountsSecrets: TEST_SECRETS,
    isDevelopment: true,
    supergraphPath: SUPERGRAPH_PATH,
    subgraphTimeoutMs: 30_000,
  })
  await requestPassword(cabinet, phone(1))
  const code = wrongCode(await sentCode(cabinet.database, phone(1)))
  const guess = async (index: number) => {
    const { http } = (index % 2 === 0 ? cabinet : other).gateway
    const answer = await http.inject({
      method: 'POST',
      url: '/graphql',
      remoteAddress: `2001:db8:0:${index.toString(16)}::1`,
      payload: {
        query: `mutation { result: signInWithOneTimePassword(input: { phone: "${phone(1)}", code: "${code}" }) { __typename } }`,
      },
    })
    return typename(answer.json())
  }
  const names = await Promise.all(Array.from({ length: 500 }, (_, index) => guess(index)))
  await other.close()
  expectTwenty(names)
  expect(await wrongOf()).toEqual({ tries: 5, ofNumber: 20 })
})

it('keeps guesses of an address within its own bound, over whatever numbers', async () => {
  await setPolicy(cabinet.database, 'otp.guessesPerAddressHour', 3)
  pass(2)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) => signInWithPassword(cabinet, { phone: phone(index), code: '123456' })),
  )
  expect(tally(answers.map(typename))).toEqual({ InvalidOneTimePasswordError: 3, TooManyAttemptsError: 97 })
  pass(3_600)
  expect(typename(await signInWithPassword(cabinet, { phone: phone(1), code: '123456' }))).toBe(
    'InvalidOneTimePasswordError',
  )
})

it('sends one message when a hundred are asked for at once', async () => {
  const captchas: Awaited<ReturnType<typeof solveProofOfWork>>[] = []
  for (let made = 0; made < 100; made++) captchas.push(await solveProofOfWork(cabinet))
  // The number is not new: its row is there to be waited for.
  await signInWithPassword(cabinet, { phone: phone(1), code: '000000' })
  const query = `mutation ($input: RequestOneTimePasswordInput!) { result: requestOneTimePassword(input: $input) {
    __typename ... on UserError { message path } } }`
  const answers = await Promise.all(
    captchas.map((captcha) => cabinet.ask({ query, variables: { input: { phone: phone(1), ...captcha } } })),
  )
  expect(tally(answers.map(typename))).toEqual({ RequestOneTimePasswordSuccess: 1, TooManyRequestsError: 99 })
  expect(await sentTexts(cabinet.database, phone(1))).toHaveLength(1)
})

it.each([
  ['otp.sendsPerAddressHour', (index: number) => phone(index * 10_000)],
  ['otp.sendsPerDeviceHour', (index: number) => phone(index * 10_000)],
  ['otp.sendsPerPrefixHour', (index: number) => phone(index)],
  ['otp.sendsPerHour', (index: number) => phone(index * 10_000)],
] as const)('keeps messages within %s, and starts again after the hour', async (policy, numbered) => {
  await setPolicy(cabinet.database, policy, 3)
  const names: string[] = []
  for (let index = 1; index <= 5; index++) names.push(typename(await requestPassword(cabinet, numbered(index))))
  expect(tally(names)).toEqual({ RequestOneTimePasswordSuccess: 3, TooManyRequestsError: 2 })
  const refused = await requestPassword(cabinet, numbered(6))
  expect(refused.data.result.retryAt).toBe('2026-11-22T13:00:00.000Z')
  pass(3_600)
  expect(typename(await requestPassword(cabinet, numbered(6)))).toBe('RequestOneTimePasswordSuccess')
})

it('leaves what all share alone when one address has no more of its own', async () => {
  await setPolicy(cabinet.database, 'otp.sendsPerAddressHour', 2)
  for (let index = 1; index <= 6; index++) await requestPassword(cabinet, phone(index * 10_000))
  expect(await sql(`select taken from accounts.turn where key = 'otp-send all'`)).toEqual([{ taken: 2 }])
})
