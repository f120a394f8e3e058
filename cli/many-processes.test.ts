import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JSONWebKeySet } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createPool } from '../platform/database/connect.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { signInternalToken } from '../platform/identity/internal-token.ts'
import { signingKey } from '../platform/identity/keys.ts'
import { createSecrets } from '../platform/identity/secrets.ts'
import { silentLogger } from '../platform/logger.ts'
import { SUBGRAPH_NAMES } from '../platform/subgraph/name.ts'
import { subgraphSdl } from '../platform/subgraph/sdl.ts'
import { composeSupergraph } from '../schema/compose.ts'
import { SUPERGRAPH_PATH } from './project.ts'
import { insertAccount, insertCatalogue, insertLine, lineId, phone } from './testing/fixture.ts'
import { operationText } from './testing/front-end.ts'
import { type Installation, startInstallation } from './testing/installation.ts'
import { PASSWORD_OPERATIONS, requestPassword, sentCode, signInWithPassword } from './testing/one-time-passwords.ts'
import { openTestSession, send as sendTo } from './testing/sessions.ts'
import { STREAM_CLIENTS } from './testing/stream-clients.ts'
import { type Answer, openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const HOME = readFileSync(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')
const VIEWER = '{ viewer { id } }'
const DISPLAY_NAME = '{ viewer { displayName } }'
const LINES = '{ viewer { id lines { nodes { id rights } } } }'
const ACTIVITY = '{ viewer { activity { nodes { kind lineId by { kind } } } } }'
const GRANT = 'mutation ($input: GrantLineAccessInput!) { grantLineAccess(input: $input) { __typename } }'
const INTROSPECTION = ['{ __schema { queryType { name } } }', '{ _service { sdl } }']
const DRAIN_DELAY_MS = 400
const PATIENCE = { timeout: 15_000, interval: 50 }

describe('many processes', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'cabinet-many-'))
  const supergraphFile = path.join(folder, 'supergraph.graphql')
  let oneProcess: TestCabinet
  let many: Installation
  let anna: string
  let boris: string
  let company: string

  beforeAll(async () => {
    writeFileSync(supergraphFile, readFileSync(SUPERGRAPH_PATH))
    oneProcess = await openTestCabinet()
    const { database } = oneProcess
    await insertCatalogue(database)
    anna = await insertAccount(database, { number: 1, displayName: 'Анна' })
    boris = await insertAccount(database, { number: 2, displayName: 'Boris' })
    company = await insertAccount(database, { number: 3, kind: 'ORGANIZATION' })
    await insertLine(database, { number: 1, ownerId: anna, kopecks: 12_345n, optionCount: 2 })
    await insertLine(database, { number: 2, ownerId: boris })
    for (let number = 3; number <= 30; number++) await insertLine(database, { number, ownerId: company })
    many = await startInstallation({
      database,
      operations: [VIEWER, DISPLAY_NAME, LINES, GRANT, ACTIVITY, ...INTROSPECTION, ...PASSWORD_OPERATIONS],
      variables: { SUPERGRAPH_FILE: supergraphFile, DRAIN_DELAY_MS: String(DRAIN_DELAY_MS) },
    })
  }, 60_000)

  afterAll(async () => {
    await many?.close()
    await oneProcess?.close()
    rmSync(folder, { recursive: true })
  })

  afterEach(() => many.databaseProxy.restore())

  const keySet = (name: string) => JSON.parse(many.keys[name] ?? '') as JSONWebKeySet
  async function tokenOf(accountId: string): Promise<string> {
    const principal = {
      kind: 'account',
      accountId,
      personId: accountId,
      sessionId: 'session',
      organizationRole: null,
    } as const
    return signAccessToken(principal, await signingKey(keySet('ACCESS_TOKEN_KEYS')), systemClock)
  }

  async function send(operation: object, accountId: string | null, headers: Record<string, string> = {}) {
    const authorization = accountId === null ? {} : { authorization: `Bearer ${await tokenOf(accountId)}` }
    return fetch(`${many.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body: JSON.stringify(operation),
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  const ask = async (query: string, accountId: string, variables = {}): Promise<any> =>
    (await send({ query, variables }, accountId)).json()
  const readiness = async (url: string) =>
    (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) })).status
  const isHealthy = async () => {
    const { data, errors } = await ask(HOME, anna)
    return errors === undefined && data.viewer.lines.nodes[0].balance.available.amount === '123.45'
  }

  it('give the same answer, byte for byte, as one process', async () => {
    // The moment of the question is the only thing in which two answers may differ.
    const timeless = (body: string) => body.replaceAll(/"asOf":"[^"]+"/g, '"asOf":"now"')
    for (const [account, first] of [
      [anna, 20],
      [company, 5],
      [company, 100],
      [company, 0],
    ] as const) {
      const operation = { query: HOME, variables: { first } }
      const inOne = await oneProcess.gateway.http.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${await oneProcess.accountToken(account)}` },
        payload: operation,
      })
      const inMany = await send(operation, account)
      expect(timeless(await inMany.text())).toBe(timeless(inOne.body))
      expect(inMany.status).toBe(inOne.statusCode)
    }
  })

  it('sign somebody in with a one-time password, and let the user of an organization’s number see it', async () => {
    const { database } = oneProcess
    const asker = { ask: async (operation: object) => (await send(operation, null)).json() as Promise<Answer> }
    await requestPassword(asker, phone(3))
    const secrets = createSecrets((many.keys['ACCOUNTS_SECRETS'] ?? '').split(','))
    const code = await sentCode(database, phone(3), secrets)
    const { data } = await signInWithPassword(asker, { phone: phone(3), code })
    const { session, viewer } = data.result
    expect(viewer.displayName).toBe('+7 916 000 00 03')
    const lines = await fetch(`${many.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${session.accessToken}` },
      body: JSON.stringify({ query: LINES }),
    })
    expect(await lines.json()).toEqual({
      data: { viewer: { id: viewer.id, lines: { nodes: [{ id: lineId(3), rights: ['VIEW'] }] } } },
    })
  })

  it('do not tell the schema to strangers', async () => {
    for (const query of INTROSPECTION) {
      const response = await send({ query }, anna)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] })
    }
  })

  it.each(SUBGRAPH_NAMES)('do not let anybody but the gateway ask %s', async (name) => {
    const gatewayKey = await signingKey(keySet('GATEWAY_INTERNAL_KEYS'))
    const account = {
      kind: 'account',
      accountId: anna,
      personId: anna,
      sessionId: 'x',
      organizationRole: null,
    } as const
    const identity = { issuer: 'gateway', principal: account, language: 'ru' } as const
    const other = name === 'accounts' ? 'payments' : 'accounts'
    const anHourAgo = { now: () => new Date(systemClock.now().getTime() - 3_600_000) }
    const tokens = [
      null,
      'forged.token.here',
      await tokenOf(anna),
      await signInternalToken(identity, name, await signingKey(keySet('ACCESS_TOKEN_KEYS')), systemClock),
      await signInternalToken(identity, name, await signingKey(keySet('LINKED_NUMBERS_INTERNAL_KEYS')), systemClock),
      await signInternalToken(identity, name, gatewayKey, anHourAgo),
      await signInternalToken(identity, other, gatewayKey, systemClock),
    ]
    const post = async (token: string | null) => {
      const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) }
      const body = JSON.stringify({ query: '{ __typename }' })
      return (await fetch(`${many.urls[name]}/graphql`, { method: 'POST', headers, body })).status
    }
    expect(await Promise.all(tokens.map(post))).toEqual(tokens.map(() => 401))
    expect(await post(await signInternalToken(identity, name, gatewayKey, systemClock))).toBe(200)
  })

  it('tell each other of rights: who was let in on a line sees its tariff and balance', async () => {
    const seen = async () => (await ask(HOME, boris)).data.viewer.lines.nodes.find(isLine(1))
    expect(await seen()).toBeUndefined()
    const input = { lineId: lineId(1), phone: phone(2), rights: ['VIEW'] }
    const { data } = await ask(GRANT, anna, { input })
    expect(data.grantLineAccess.__typename).toBe('GrantLineAccessSuccess')
    await vi.waitFor(async () => {
      expect(await seen()).toMatchObject({ balance: { available: { amount: '123.45' } }, tariff: { name: 'Base' } })
    }, PATIENCE)
  })

  it('tell accounts who did what: both find it in their trails', async () => {
    await vi.waitFor(async () => {
      for (const token of [anna, boris]) {
        const { data } = await ask(ACTIVITY, token)
        expect(data.viewer.activity.nodes).toContainEqual({
          kind: 'LINE_ACCESS_GRANTED',
          lineId: lineId(1),
          by: { kind: 'CUSTOMER' },
        })
      }
    }, PATIENCE)
  })

  /** A session whose access token these processes believe, and a way to end it in another process than theirs. */
  async function openSession() {
    const session = await openTestSession(oneProcess, boris)
    const [, claims = ''] = session.accessToken.split('.')
    const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { sid: string }
    const principal = {
      kind: 'account',
      accountId: boris,
      personId: boris,
      sessionId: sid,
      organizationRole: null,
    } as const
    const token = await signAccessToken(principal, await signingKey(keySet('ACCESS_TOKEN_KEYS')), systemClock)
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const body = JSON.stringify({ query: VIEWER })
    return {
      status: async () => (await fetch(`${many.gatewayUrl}/graphql`, { method: 'POST', headers, body })).status,
      async end() {
        const { data } = await sendTo(oneProcess, 'sign-out', { accessToken: session.accessToken })
        expect(data.signOut.signedOutSessions).toBe(1)
      },
    }
  }

  it('refuse the tokens of a session once it has ended, in whatever process', async () => {
    const [ended, other] = [await openSession(), await openSession()]
    expect([await ended.status(), await other.status()]).toEqual([200, 200])
    await ended.end()
    await vi.waitFor(async () => expect(await ended.status()).toBe(401), PATIENCE)
    expect(await other.status()).toBe(200)
  })

  it('go on while accounts is away, and refuse what ended meanwhile when it is back', async () => {
    const session = await openSession()
    many.children.accounts.signal('SIGKILL')
    await many.children.accounts.exited
    await session.end()
    expect(await session.status()).toBe(200)
    await many.restart('accounts')
    await vi.waitFor(async () => expect(await session.status()).toBe(401), PATIENCE)
  })

  it('refuse what ended while the database was not heard', async () => {
    const session = await openSession()
    many.databaseProxy.cut()
    await many.children.accounts.waitFor(({ msg }) => msg === 'the database is not heard')
    await session.end()
    many.databaseProxy.restore()
    await vi.waitFor(async () => expect(await session.status()).toBe(401), PATIENCE)
  })

  it('find a request by its id in every log and in the answer, whoever gave the id', async () => {
    const given = await send({ query: HOME }, anna, { 'x-request-id': 'given-by-the-client' })
    const made = await send({ query: HOME }, anna)
    expect(given.headers.get('x-request-id')).toBe('given-by-the-client')
    expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    for (const requestId of ['given-by-the-client', made.headers.get('x-request-id')]) {
      for (const name of ['gateway', ...SUBGRAPH_NAMES] as const) {
        const line = await many.children[name].waitFor((logged) => logged['requestId'] === requestId)
        expect(line).toMatchObject({ name, route: '/graphql', status: 200 })
      }
    }
  })

  it('outlive a database that goes away, say which parts are away, and are whole again when it is back', async () => {
    expect(await Promise.all(Object.values(many.urls).map(readiness))).toEqual([200, 200, 200, 200, 200])
    const relayLines = () => many.children['linked-numbers'].lines.filter(({ receiver }) => receiver).length
    const linesBefore = relayLines()
    many.databaseProxy.cut()
    for (const name of SUBGRAPH_NAMES) {
      expect(await readiness(many.urls[name])).toBe(503)
      expect((await fetch(`${many.urls[name]}/health/live`)).status).toBe(200)
    }
    const { data, errors } = await ask(HOME, anna)
    expect(data).toEqual({ viewer: { id: anna, displayName: null, lines: null } })
    expect(errors).toHaveLength(2)
    expect(errors).toEqual(
      expect.arrayContaining([awayAt('accounts', 'displayName'), awayAt('linked-numbers', 'lines')]),
    )
    await sleep(3_000)
    // Each of three receivers is tried at once, after one second and after two more.
    expect(relayLines() - linesBefore).toBeLessThanOrEqual(9)
    many.databaseProxy.restore()
    await vi.waitFor(async () => expect(await isHealthy()).toBe(true), PATIENCE)
    expect(await Promise.all(Object.values(many.urls).map(readiness))).toEqual([200, 200, 200, 200, 200])
  })

  it.each(SUBGRAPH_NAMES)('take %s in again when it was restarted, without a restart of the gateway', async (name) => {
    many.children[name].signal('SIGTERM')
    expect(await many.children[name].exited).toBe(0)
    const { errors } = await ask(HOME, anna)
    expect(errors.length).toBeGreaterThan(0)
    for (const { extensions } of errors) {
      expect(extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', subgraph: name, retryAfter: 5 })
    }
    await many.restart(name)
    expect(await isHealthy()).toBe(true)
  })

  it('believe tokens while accounts is away, so that home still shows the rest', async () => {
    many.children.accounts.signal('SIGKILL')
    await many.children.accounts.exited
    const { data } = await ask(HOME, anna)
    expect(data.viewer.displayName).toBeNull()
    expect(data.viewer.lines.nodes).toHaveLength(1)
    await many.restart('accounts')
    expect(await isHealthy()).toBe(true)
  })

  it('serve a supergraph that was replaced, and keep the old one when the new one is broken', async () => {
    const replace = (text: string) => {
      writeFileSync(`${supergraphFile}.new`, text)
      renameSync(`${supergraphFile}.new`, supergraphFile)
    }
    const statusOf = async () => (await send({ query: DISPLAY_NAME }, anna)).status
    const smaller = composeSupergraph((name) =>
      subgraphSdl(name).replace('  displayName: String\n', '  called: String\n'),
    )
    if (smaller.kind === 'failed') throw new Error(smaller.errors.join('\n'))
    expect(await statusOf()).toBe(200)
    replace(smaller.supergraphSdl)
    await vi.waitFor(async () => expect(await statusOf()).toBe(400), PATIENCE)

    const { gateway } = many.children
    const unreachable = smaller.supergraphSdl.replace('name: "accounts"', 'name: "nobody"')
    const half = smaller.supergraphSdl.slice(0, 5_000)
    for (const broken of ['', 'type Query {', 'type Query { a: Int }', half, unreachable]) {
      const errors = () => gateway.lines.filter(({ msg }) => String(msg).includes('the old one stays')).length
      const before = errors()
      replace(broken)
      await vi.waitFor(() => expect(errors()).toBe(before + 1), PATIENCE)
      expect((await ask(VIEWER, anna)).data).toEqual({ viewer: { id: anna } })
    }
    replace(readFileSync(SUPERGRAPH_PATH, 'utf8'))
    await vi.waitFor(async () => expect(await statusOf()).toBe(200), PATIENCE)
    expect(await isHealthy()).toBe(true)
  })

  it('plan what is registered before they take requests, and read it again when SIGHUP asks for it', async () => {
    const { gateway } = many.children
    const linesOf = (msg: string) => gateway.lines.flatMap((line, index) => (line['msg'] === msg ? [index] : []))
    const [planned = Number.NaN] = linesOf('registered operations are planned')
    expect(planned).toBeLessThan(linesOf('listening')[0] ?? Number.NaN)
    expect(gateway.lines[planned]?.['count']).toBeGreaterThan(100)
    const before = linesOf('the new supergraph is in force').length
    gateway.signal('SIGHUP')
    await vi.waitFor(() => expect(linesOf('the new supergraph is in force').length).toBeGreaterThan(before), PATIENCE)
    expect(await isHealthy()).toBe(true)
  })

  it('finish what is in flight when they are told to end, after saying that they are not ready', async () => {
    const gate = createPool({ url: oneProcess.database.adminUrl, poolSizeMax: 1, logger: silentLogger })
    const lock = await gate.connect()
    await lock.query('begin')
    await lock.query('lock table payments.ledger_balance in access exclusive mode')
    const inFlight = ask(HOME, anna)
    await many.children.gateway.waitFor(() => true)
    await sleep(200)

    const { gateway, payments } = many.children
    gateway.signal('SIGTERM')
    payments.signal('SIGTERM')
    await gateway.waitFor(({ signal }) => signal === 'SIGTERM')
    await payments.waitFor(({ signal }) => signal === 'SIGTERM')
    expect(await readiness(many.gatewayUrl)).toBe(503)
    expect(await readiness(many.urls.payments)).toBe(503)
    await sleep(DRAIN_DELAY_MS + 100)
    await expect(fetch(`${many.gatewayUrl}/health/live`)).rejects.toThrow()
    await lock.query('commit')
    lock.release()
    await gate.end()

    const { data, errors } = await inFlight
    expect(errors).toBeUndefined()
    expect(data.viewer.lines.nodes[0].balance.available.amount).toBe('123.45')
    expect(await gateway.exited).toBe(0)
    expect(await payments.exited).toBe(0)
    await many.restart('payments')
    await many.restart('gateway')
    expect(await isHealthy()).toBe(true)
  })

  it('tell streams that they stop, after saying that they are not ready', async () => {
    const { gateway } = many.children
    const open = await Promise.all(
      STREAM_CLIENTS.map(async (client) => {
        const url = `${many.gatewayUrl}/graphql`
        const variables = { lineId: lineId(1) }
        return client.open({ url, token: await tokenOf(anna), query: operationText('balance-changed'), variables })
      }),
    )
    const [bySocket, byEvents] = open.map(({ answers }) => answers)
    for (const answers of [bySocket, byEvents]) {
      expect((await answers?.next())?.value.data.balanceChanged.sequence).toMatch(/^\d+$/)
    }
    const ends = Promise.all([bySocket?.next().catch((event: unknown) => event), byEvents?.next()])
    gateway.signal('SIGTERM')
    await gateway.waitFor(({ signal }) => signal === 'SIGTERM')
    expect(await readiness(many.gatewayUrl)).toBe(503)
    const [socketEnd, eventsEnd] = await ends
    expect(socketEnd).toMatchObject({ code: 1001, reason: 'STOPPING' })
    expect(eventsEnd?.value.errors[0].extensions.code).toBe('STREAM_INTERRUPTED')
    expect((await byEvents?.next())?.done).toBe(true)
    expect(await gateway.exited).toBe(0)
    for (const stream of open) stream.close()
    await many.restart('gateway')
  })

  it('end with 0, all of them, when they are told to', async () => {
    const children = Object.values(many.children)
    for (const child of children) child.signal('SIGTERM')
    expect(await Promise.all(children.map(({ exited }) => exited))).toEqual(children.map(() => 0))
    for (const child of children) expect(child.errorOutput()).toBe('')
  })
})

function awayAt(subgraph: string, field: string): unknown {
  return expect.objectContaining({
    path: ['viewer', field],
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: 5 },
  })
}

function isLine(number: number): (line: { id: string }) => boolean {
  return ({ id }) => id === lineId(number)
}
