import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type OpenIdStandIn, startOpenIdStandIn } from '../../cli/stand-ins/openid/stand-in.ts'
import { browseToCallback } from '../../cli/testing/browse-to-callback.ts'
import { insertAccount, insertCatalogue, insertLine, phone } from '../../cli/testing/fixture.ts'
import { requestPassword, sentCode, setPolicy, signInWithPassword } from '../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../platform/clock.ts'
import { socialProvider } from '../../platform/identity/identity-provider.ts'
import { readOperations } from '../../schema/operations.ts'

const PASSWORD = 'correct horse battery staple of Anna'
const CLIENT = {
  clientId: 'cabinet',
  clientSecret: 'a secret of the cabinet',
  redirectUris: ['https://cabinet.example/signed-in'],
}
const operations = readOperations()
/** What of an account is sealed whole, and the column that says whose it is. */
const SEALED = [
  ['password', 'person_id'],
  ['identity', 'account_id'],
  ['notification_setting', 'account_id'],
  ['conversation', 'account_id'],
  ['conversation_message', 'account_id'],
  ['consultant_request', 'account_id'],
  ['invitation', 'organization_id'],
  ['phone_invitation', 'organization_id'],
] as const

let cabinet: TestCabinet
let provider: OpenIdStandIn
let anna: string
let aheadMs: number
const clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) }

beforeEach(async () => {
  aheadMs = 0
  provider = await startOpenIdStandIn({ port: 0, clients: [CLIENT], claimsOf: () => ({}) })
  const trial = socialProvider.parse({
    ...CLIENT,
    id: 'trial',
    name: { ru: 'Проба', en: 'Trial' },
    issuer: provider.issuer,
    scopes: ['openid'],
  })
  cabinet = await openTestCabinet({ clock, socialProviders: [trial] })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await insertCatalogue(cabinet.database)
  anna = await insertAccount(cabinet.database, { number: 1, displayName: 'Анна' })
  await insertLine(cabinet.database, { number: 1, ownerId: anna })
})

afterEach(async () => {
  await cabinet.close()
  await provider.close()
})

async function run(file: string, input: object, token?: string) {
  const answer = await cabinet.ask({ query: operations[`${file}.graphql`] ?? '', variables: { input } }, token)
  expect(answer.errors).toBeUndefined()
  const [result] = Object.values(answer.data)
  return result as { __typename: string; session?: { accessToken: string } } & Record<string, unknown>
}

async function byTelephone(): Promise<string> {
  await requestPassword(cabinet, phone(1))
  const code = await sentCode(cabinet.database, phone(1))
  const { data } = await signInWithPassword(cabinet, { phone: phone(1), code })
  expect(data.result.__typename).toBe('SignInSuccess')
  return data.result.session.accessToken
}
const byPassword = (number = 1, password = PASSWORD) => run('sign-in-with-password', { phone: phone(number), password })

async function atProvider(begin: string, end: string, name: string, token?: string) {
  const { authorizationUrl, flowSecret } = await run(begin, { providerId: 'trial' }, token)
  const callbackUrl = await browseToCallback(String(authorizationUrl), name)
  return run(end, { flowSecret, callbackUrl }, token)
}
const bySocial = (name = 'anna@trial') => atProvider('start-social-sign-in', 'sign-in-with-social', name)
const attach = (token: string) => atProvider('start-identity-attachment', 'attach-identity', 'anna@trial', token)

const stored = (table: string, owner: string) =>
  cabinet.database.sql(`select * from accounts.${table} as t where ${owner} = $1 order by t::text`, [anna])
const noticesAndTexts = async () => ({
  waiting: await cabinet.database.sql('select kind from accounts.notice where dispatched_at is null'),
  texts: await cabinet.database.sql<{ id: string }>(`select id from accounts.message where purpose = 'NOTICE'`),
})

async function openWithAll(): Promise<string> {
  const token = await byTelephone()
  const set = await run('set-password', { newPassword: PASSWORD, otherSessions: 'KEEP' }, token)
  expect(set.__typename).toBe('SetPasswordSuccess')
  expect((await attach(token)).__typename).toBe('AttachIdentitySuccess')
  for (const statement of [
    `insert into accounts.notification_setting values ($1, 'NEWS', 'SMS', false, now())`,
    `insert into accounts.conversation (account_id, id, language, status, created_at, changed_at, deadline_at)
       values ($1, $1, 'ru', 'WAITING', now(), now(), now())`,
    `insert into accounts.conversation_message values ($1, $1, 1, 'CUSTOMER', null, 'ru', 'Помогите', '{a,b}', now())`,
    `insert into accounts.consultant_request values ($1, 'questions', 'a key', 'a hash', $1, 1, 1, now())`,
    `insert into accounts.invitation values ($1, $1, '+79169999999', 'USER', '\\x00ff', 'a secret', $1, now(), now())`,
    `insert into accounts.phone_invitation values ('+79169999999', $1, $1)`,
  ])
    await cabinet.database.sql(statement, [anna])
  await vi.waitFor(async () => expect((await noticesAndTexts()).waiting).toEqual([]), { timeout: 5_000 })
  return token
}

const readAll = async () => Promise.all(SEALED.map(([table, owner]) => stored(table, owner)))

it('seals all that is personal, and gives it back when the cabinet is opened again', async () => {
  const token = await openWithAll()
  const before = await readAll()
  expect(before.map((rows) => rows.length)).toEqual(SEALED.map(() => 1))
  const told = await stored('notice', 'account_id')
  expect(told.length).toBeGreaterThan(1)

  expect((await run('close-account', { accountId: anna }, token)).__typename).toBe('CloseAccountSuccess')
  expect(await readAll()).toEqual(SEALED.map(() => []))
  expect(await stored('notice', 'account_id')).toMatchObject([{ kind: 'ACCOUNT_CLOSED' }])

  // Another password is sent after a pause.
  aheadMs = 60_000
  await byTelephone()
  const closed = { ...before[3]?.[0], status: 'CLOSED', deadline_at: null }
  expect(await readAll()).toEqual(
    before.map((rows, index) => (SEALED[index]?.[0] === 'conversation' ? [closed] : rows)),
  )
  expect(await stored('notice', 'account_id')).toEqual(expect.arrayContaining(told))
  expect((await byPassword()).__typename).toBe('SignInSuccess')
  expect((await bySocial()).__typename).toBe('SignInSuccess')
})

it('answers a password and a social identity of a closed cabinet as if nobody were there', async () => {
  const token = await openWithAll()
  await run('close-account', { accountId: anna }, token)
  const before = await cabinet.database.sql('select count(*) from accounts.notice')
  expect(await byPassword()).toEqual(await byPassword(404))
  expect(await bySocial()).toEqual(await bySocial('nobody@trial'))
  const tries = await cabinet.database.sql('select cardinality(tried_at) as tries from accounts.password_try')
  expect(tries).toEqual([{ tries: 1 }, { tries: 1 }])
  expect(await cabinet.database.sql('select count(*) from accounts.notice')).toEqual(before)
  expect(await stored('session', 'person_id')).toHaveLength(1)
})

it('keeps an identity of a closed cabinet from everybody else', async () => {
  await run('close-account', { accountId: anna }, await openWithAll())
  const boris = await cabinet.accountToken(await insertAccount(cabinet.database, { number: 2 }))
  expect((await attach(boris)).__typename).toBe('IdentityTakenError')
})

it('tells of the closing by one message, also to whoever opens the cabinet again at once', async () => {
  const token = await openWithAll()
  const before = (await noticesAndTexts()).texts.length
  await run('close-account', { accountId: anna }, token)
  // As if no notifier had come by yet: the number to write to is back when one does.
  await cabinet.database.sql(
    `update accounts.notice set dispatched_at = null, is_listed = null where kind = 'ACCOUNT_CLOSED'`,
  )
  await cabinet.database.sql('insert into accounts.contact values ($1, $2, now()) on conflict do nothing', [
    anna,
    phone(1),
  ])
  await vi.waitFor(async () => expect((await noticesAndTexts()).waiting).toEqual([]), { timeout: 5_000 })
  expect((await noticesAndTexts()).texts).toHaveLength(before + 1)
})

it('lets a closing and changes of credentials at once pass one another', async () => {
  const token = await openWithAll()
  const answers = await Promise.all([
    ...Array.from({ length: 3 }, () => byPassword()),
    ...Array.from({ length: 2 }, () => bySocial()),
    run('reset-password', { newPassword: `${PASSWORD} again`, otherSessions: 'END' }, token),
    run('close-account', { accountId: anna }, token),
  ])
  expect(answers.every(({ __typename }) => __typename !== undefined)).toBe(true)
})
