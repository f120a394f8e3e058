import type { FastifyInstance } from 'fastify'
import type { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSimSwapStandIn } from '../../cli/stand-ins/sim-swap/sim-swap.ts'
import { insertAccount, insertCatalogue, insertConversation, insertLine, phone } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createReader, type Reader } from '../../platform/database/reader.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { ANONYMOUS, UNKNOWN_CLIENT, type Viewer } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { systemRandomness } from '../../platform/random.ts'
import { createSimSwapClient } from '../../platform/sim-swap/http-client.ts'
import { readDeviceName } from './actions/sessions/device-name.ts'
import { openSession, type SessionDependencies, type SignedIn } from './actions/sessions/open-session.ts'
import { markClosed } from './store/closed-accounts.ts'
import { accountsPolicies } from './store/policies.ts'
import type { Tables } from './store/tables.ts'

const NOBODY: Viewer = { principal: ANONYMOUS, language: 'en', requestId: 'a test', client: UNKNOWN_CLIENT }
const SIM_SWAP_TOKEN = 'the network’s'
const START = Date.parse('2026-03-01T12:00:00Z')
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

let cabinet: TestCabinet
let network: FastifyInstance
let db: Kysely<Tables>
let reader: Reader
let dependencies: SessionDependencies
let nowMs: number
let anna: string

beforeEach(async () => {
  nowMs = START
  const clock = { now: () => new Date(nowMs) }
  network = createSimSwapStandIn({ token: encodeURIComponent(SIM_SWAP_TOKEN), clock })
  const url = await network.listen({ port: 0 })
  const simSwap = createSimSwapClient({ url, token: encodeURIComponent(SIM_SWAP_TOKEN) })
  const accountsSecrets = createSecrets(['development-secret-of-this-test-development-secret'])
  cabinet = await openTestCabinet({ clock, simSwap, accountsSecrets })
  const place = { url: cabinet.database.urls.accounts, logger: silentLogger }
  db = connectDatabase<Tables>({ ...place, poolSizeMax: 30 })
  reader = createReader(place)
  dependencies = {
    clock,
    newId: createNewId({ now: () => new Date(nowMs) }),
    random: systemRandomness,
    secrets: accountsSecrets,
    signer: await signingKey(cabinet.keys),
    policies: createPolicies({ reader, clock, schema: accountsPolicies }),
  }
  await insertCatalogue(cabinet.database)
  anna = await insertAccount(cabinet.database, { number: 1, displayName: 'Анна Каренина' })
  await insertLine(cabinet.database, { number: 1, ownerId: anna })
  await cabinet.database.sql('insert into accounts.contact values ($1, $2, now())', [anna, phone(1)])
})

afterEach(async () => {
  await db.destroy()
  await reader.close()
  await cabinet.close()
  await network.close()
})

const CLOSE = `mutation ($input: CloseAccountInput!) {
  closeAccount(input: $input) {
    __typename
    ... on CloseAccountSuccess { closedAt }
    ... on NotEligibleError { reasons { code message remedy } }
    ... on UserError { message path }
  }
}`

const personIn = (accountId: string): SignedIn & { organizationRole: null; method: 'ONE_TIME_PASSWORD' } => ({
  personId: accountId,
  accountId,
  organizationRole: null,
  method: 'ONE_TIME_PASSWORD',
  deviceName: readDeviceName('Anna’s telephone'),
})
const signIn = (signedIn: SignedIn) =>
  db.transaction().execute((trx) => openSession(trx, dependencies, signedIn, NOBODY))
const tokenOf = async (signedIn: SignedIn = personIn(anna)) => (await signIn(signedIn))?.accessToken
const close = async (token: string | undefined, accountId = anna) =>
  (await cabinet.ask({ query: CLOSE, variables: { input: { accountId } } }, token)).data?.closeAccount
const stored = <Row extends object>(table: string) => cabinet.database.sql<Row>(`select * from accounts.${table}`)

it('closes: every session ends, what is personal is sealed, the contract stays', async () => {
  await tokenOf()
  const token = await tokenOf()
  expect(await close(token)).toEqual({ __typename: 'CloseAccountSuccess', closedAt: new Date(nowMs).toISOString() })
  const sessions = await stored<{ end_reason: string; device_name: string | null }>('session')
  expect(sessions.map((row) => [row.end_reason, row.device_name])).toEqual([
    ['ACCOUNT_CLOSED', null],
    ['ACCOUNT_CLOSED', null],
  ])
  const everything = JSON.stringify([await stored('account'), await stored('contact'), await stored('closed_account')])
  expect(everything).not.toContain('Каренина')
  expect(everything).not.toContain(phone(1))
  expect(await stored('message')).toMatchObject([{ phone: phone(1), purpose: 'NOTICE' }])
  expect(await stored('notice')).toMatchObject([{ kind: 'ACCOUNT_CLOSED' }])
  expect((await stored<{ kind: string }>('act')).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['ACCOUNT_CLOSED']),
  )
  expect(await cabinet.database.sql('select status from linked_numbers.line')).toEqual([{ status: 'ACTIVE' }])
  const seen = await cabinet.ask({ query: '{ viewer { displayName } }' }, token)
  expect(seen.data?.viewer ?? null).toBeNull()
  await vi.waitFor(async () => {
    const { errors } = await cabinet.ask({ query: '{ viewer { id } }' }, token)
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED'])
  })
})

it('is opened again by a one-time password, and by nothing else', async () => {
  await close(await tokenOf())
  for (const method of ['PASSWORD', 'SOCIAL', 'DEVELOPMENT'] as const) {
    expect(await signIn({ ...personIn(anna), method })).toBeNull()
  }
  expect(await stored('closed_account')).toHaveLength(1)
  const token = await tokenOf()
  const { data } = await cabinet.ask({ query: '{ viewer { displayName } }' }, token)
  expect(data).toEqual({ viewer: { displayName: 'Анна Каренина' } })
  expect(await stored('closed_account')).toEqual([])
  expect(await stored('contact')).toMatchObject([{ phone: phone(1) }])
  expect((await stored<{ kind: string }>('act')).map(({ kind }) => kind)).toContain('ACCOUNT_REOPENED')
  expect((await stored<{ kind: string }>('notice')).map(({ kind }) => kind)).toContain('ACCOUNT_REOPENED')
  const sessions = await stored<{ device_name: string }>('session')
  expect(sessions.map(({ device_name }) => device_name)).toEqual(['Anna’s telephone', 'Anna’s telephone'])
})

it('asks for a session that was opened within the last minutes', async () => {
  const token = await tokenOf()
  nowMs += 10 * MINUTE_MS
  expect(await close(token)).toMatchObject({ __typename: 'FreshSignInRequiredError' })
  expect(await close(await tokenOf())).toMatchObject({ __typename: 'CloseAccountSuccess' })
})

it('closes no other account than the one that is signed in', async () => {
  const boris = await insertAccount(cabinet.database, { number: 2 })
  expect(await close(await tokenOf(), boris)).toMatchObject({ __typename: 'AccountNotFoundError', path: ['accountId'] })
  expect(await close(await tokenOf(), 'nonsense')).toMatchObject({ __typename: 'AccountNotFoundError' })
})

it('does all or nothing: a crash between two steps leaves the account open', async () => {
  const token = await tokenOf()
  await cabinet.database.sql(`create function accounts.fail() returns trigger language plpgsql as
    $$ begin if new.kind = 'ACCOUNT_CLOSED' then raise 'broken'; end if; return new; end $$`)
  await cabinet.database.sql(
    'create trigger fail before insert on accounts.act for each row execute function accounts.fail()',
  )
  const { errors } = await cabinet.ask({ query: CLOSE, variables: { input: { accountId: anna } } }, token)
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL_SERVER_ERROR'])
  expect(await stored('account')).toMatchObject([{ display_name: 'Анна Каренина', closed_at: null }])
  expect(await stored('contact')).toHaveLength(1)
  expect(await stored('message')).toEqual([])
  expect(await stored('session')).toMatchObject([{ ended_at: null }])
})

it('leaves no session open in a closed account, whoever signs in while it closes', async () => {
  for (let round = 0; round < 5; round++) {
    const token = await tokenOf()
    const byPassword = { ...personIn(anna), method: 'PASSWORD' } as const
    const [closed] = await Promise.all([
      close(token),
      ...Array.from({ length: 10 }, () => signIn(byPassword)),
      close(token),
    ])
    expect(['CloseAccountSuccess', 'AccountNotFoundError', 'FreshSignInRequiredError']).toContain(closed?.__typename)
    expect((await stored<{ closed_at: Date | null }>('account'))[0]?.closed_at).not.toBeNull()
    const open = (await stored<{ ended_at: Date | null }>('session')).filter(({ ended_at }) => ended_at === null)
    expect(open).toEqual([])
    await signIn(personIn(anna))
  }
})

it('opens a closed account once for many who sign in at the same time', async () => {
  await close(await tokenOf())
  const issued = await Promise.all(Array.from({ length: 20 }, () => signIn(personIn(anna))))
  expect(issued.every((session) => session !== null)).toBe(true)
  const acts = (await stored<{ kind: string }>('act')).filter(({ kind }) => kind === 'ACCOUNT_REOPENED')
  expect(acts).toHaveLength(1)
})

it('closes an organization for its owner, when nobody else acts for it', async () => {
  const company = await insertAccount(cabinet.database, { number: 3, kind: 'ORGANIZATION', displayName: 'ООО' })
  const [boris, add] = [
    await insertAccount(cabinet.database, { number: 2 }),
    'insert into accounts.organization_member values ($1, $2, $3)',
  ]
  await cabinet.database.sql(add, [company, anna, 'OWNER'])
  await cabinet.database.sql(add, [company, boris, 'USER'])
  const asOwner = { ...personIn(anna), accountId: company, organizationRole: 'owner' } as const
  const asUser = { ...personIn(boris), accountId: company, organizationRole: 'user' } as const
  expect(await close(await tokenOf(asUser), company)).toMatchObject({ __typename: 'OrganizationOwnerRequiredError' })
  expect(await close(await tokenOf(asOwner), company)).toMatchObject({ __typename: 'OrganizationHasMembersError' })
  await cabinet.database.sql('delete from accounts.organization_member where member_id = $1', [boris])
  expect(await close(await tokenOf(asOwner), company)).toMatchObject({ __typename: 'CloseAccountSuccess' })
  expect(await signIn(asUser)).toBeNull()
  const token = await tokenOf()
  expect((await cabinet.ask({ query: '{ viewer { displayName } }' }, token)).data?.viewer.displayName).toContain('Анна')
  expect(await signIn(asOwner)).not.toBeNull()
  expect(await stored('closed_account')).toEqual([])
})

async function changeSim(at: Date): Promise<void> {
  const { statusCode } = await network.inject({
    method: 'POST',
    url: '/changes',
    headers: { authorization: `Bearer ${encodeURIComponent(SIM_SWAP_TOKEN)}` },
    payload: { phoneNumber: phone(1), at: at.toISOString() },
  })
  expect(statusCode).toBe(204)
}

it('waits for a day after a change of the SIM, says until when, and tells of it once', async () => {
  await changeSim(new Date(START - HOUR_MS))
  const refused = await close(await tokenOf())
  expect(refused).toMatchObject({ __typename: 'NotEligibleError', reasons: [{ code: 'SIM_CHANGED' }] })
  expect(refused.message).toContain('2026-03-02 11:00 UTC')
  const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenOf()))
  await Promise.all(tokens.map((token) => close(token)))
  expect((await stored<{ kind: string }>('notice')).map(({ kind }) => kind)).toEqual(['SIM_CHANGED'])
  nowMs = START + 23 * HOUR_MS
  expect(await close(await tokenOf())).toMatchObject({ __typename: 'CloseAccountSuccess' })
})

it('takes neither an old change nor the first SIM of a line for a theft', async () => {
  await changeSim(new Date(START - 25 * HOUR_MS))
  expect(await close(await tokenOf())).toMatchObject({ __typename: 'CloseAccountSuccess' })
  await cabinet.database.sql(`update linked_numbers.line set activated_on = '2026-03-01'`)
  nowMs += MINUTE_MS
  await changeSim(new Date(START - HOUR_MS))
  expect(await close(await tokenOf())).toMatchObject({ __typename: 'CloseAccountSuccess' })
})

it('refuses for now while the network cannot be asked', async () => {
  await network.close()
  const token = await tokenOf()
  const { errors } = await cabinet.ask({ query: CLOSE, variables: { input: { accountId: anna } } }, token)
  expect(errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryAfter: expect.any(Number) } }])
  expect(await stored('account')).toMatchObject([{ closed_at: null }])
})

describe('a conversation in the instant of closing', () => {
  const CONVERSATION = '01900003-0000-7000-8000-000000000001'
  const text = 'My number is a secret'
  const conversationId = CONVERSATION
  const ACTS: readonly [string, object][] = [
    ['askConsultant', { text, idempotencyKey: 'a new one' }],
    ['askConsultant', { text, idempotencyKey: 'a known one', conversationId }],
    ['requestConsultant', { conversationId }],
    ['rateConversation', { conversationId, score: 5, comment: text }],
    ['takeConversation', { conversationId }],
    ['answerConversation', { conversationId, text, idempotencyKey: 'an answer' }],
    ['closeConversation', { conversationId }],
    ['returnConversation', { conversationId }],
  ]
  const ofStaff = /^(take|answer|close|return)/

  it.each(ACTS)('waits for its end, and writes nothing after it: %s', async (mutation, input) => {
    await insertConversation(cabinet.database, anna, CONVERSATION)
    const token = ofStaff.test(mutation) ? await cabinet.staffToken('supervisor') : await cabinet.accountToken(anna)
    const before = await stored('conversation')
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input!`
    const query = `mutation ($input: ${type}) { result: ${mutation}(input: $input) { __typename } }`
    const [closing, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const transaction = db.transaction().execute(async (trx) => {
      await markClosed(trx, anna, new Date(nowMs))
      closing.resolve()
      await closed.promise
    })
    await closing.promise
    let isAnswered = false
    const answering = cabinet.ask({ query, variables: { input } }, token).finally(() => {
      isAnswered = true
    })
    await vi.waitFor(async () => expect(isAnswered || (await isOneWaiting())).toBe(true), { timeout: 10_000 })
    expect(isAnswered).toBe(false)
    closed.resolve()
    await transaction
    expect((await answering).data.result).toEqual({ __typename: 'ConversationNotFoundError' })
    expect(await stored('conversation')).toEqual(before)
    expect(await stored('conversation_message')).toHaveLength(1)
    expect(await stored('consultant_request')).toEqual([])
  })

  async function isOneWaiting(): Promise<boolean> {
    const waiting = await cabinet.database.sql(`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    return waiting.length > 0
  }
})
