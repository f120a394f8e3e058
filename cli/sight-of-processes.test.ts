import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { scraped } from '../gateway/testing/scraped.ts'
import { systemClock } from '../platform/clock.ts'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { signingKey } from '../platform/identity/keys.ts'
import { startCollector } from './testing/collector.ts'
import { insertAccount, insertCatalogue, insertLine, lineId, phone } from './testing/fixture.ts'
import { operationText } from './testing/front-end.ts'
import { type Installation, startInstallation } from './testing/installation.ts'
import { eventClient } from './testing/stream-clients.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

const HOME = operationText('home')
const NAMES = ['gateway', 'accounts', 'linked-numbers', 'products', 'payments'] as const

describe('processes that show what they do', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let installation: Installation
  let collector: Awaited<ReturnType<typeof startCollector>>
  let account: string
  let token: string

  beforeAll(async () => {
    collector = await startCollector()
    database = await createTestDatabase()
    await insertCatalogue(database)
    account = await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: account })
    await insertLine(database, { number: 2, ownerId: await insertAccount(database, { number: 2 }) })
    installation = await startInstallation({
      database,
      variables: {
        METRICS_PORT: '0',
        DRAIN_DELAY_MS: '0',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '1',
      },
    })
    token = await tokenOf(account)
    expect(await ask(HOME)).toMatchObject({ data: { viewer: { id: account } } })
  }, 120_000)

  afterAll(async () => {
    await installation?.close()
    await collector?.close()
    await database?.drop()
  })

  const ask = async (query: string, variables = {}) => {
    const response = await fetch(`${installation.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`,
      },
      body: JSON.stringify({ query, variables }),
    })
    return response.json()
  }

  const tokenOf = async (accountId: string) =>
    signAccessToken(
      { kind: 'account', accountId, personId: accountId, sessionId: accountId, organizationRole: null },
      await signingKey(JSON.parse(installation.keys['ACCESS_TOKEN_KEYS'] ?? '')),
      systemClock,
    )

  it('serve metrics, each its own', async () => {
    const texts = await Promise.all(
      NAMES.map(async (name) => {
        const { port } = await installation.children[name].waitFor(({ msg }) => msg === 'metrics are served')
        return (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      }),
    )
    const [gateway = '', ...subgraphs] = texts
    expect(scraped(gateway, 'cabinet_operation_duration_seconds_count', { operation: 'Home' })).toBe(1)
    for (const [index, text] of subgraphs.entries()) {
      const process = String(NAMES[index + 1])
      expect(scraped(text, 'cabinet_subgraph_duration_seconds_count', { process })).toBeGreaterThan(0)
      expect(scraped(text, 'cabinet_operation_cache_misses_total', { process })).toBeGreaterThan(0)
      expect(scraped(text, 'cabinet_pool_waiting', { process })).toBe(0)
      expect(scraped(text, 'cabinet_pool_connections', { process })).toBeGreaterThanOrEqual(0)
    }
  })

  it('send the traces of what they do, together', async () => {
    const rights = { input: { lineId: lineId(1), phone: phone(2), rights: ['VIEW'] } }
    await ask(operationText('grant-line-access'), rights)
    const stream = eventClient.open({
      url: `${installation.gatewayUrl}/graphql`,
      token,
      query: operationText('balance-changed'),
      variables: { lineId: lineId(1) },
    })
    expect((await stream.answers.next()).value.data.balanceChanged.line.id).toBe(lineId(1))
    stream.close()
    const outbox = () => database.sql('select id from linked_numbers.outbox')
    await vi.waitFor(async () => expect(await outbox()).toEqual([]), { timeout: 20_000, interval: 50 })
    for (const name of NAMES) installation.children[name].signal('SIGTERM')
    await Promise.all(NAMES.map((name) => installation.children[name].exited))
    expect(collector.spans.length).toBeGreaterThan(0)
  })

  it('show a home query in one trace: gateway, each fetch, each statement', () => {
    const { spans } = collector
    const root = spans.find(({ name }) => name === 'query Home')
    const trace = spans.filter(({ traceId }) => traceId === root?.traceId)
    const parents = new Map(trace.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]))
    const names = new Set(trace.map(({ name }) => name))
    // A client's own word is not taken: it would decide what is kept.
    expect(root?.traceId).not.toBe('a'.repeat(32))
    for (const name of ['accounts', 'linked-numbers', 'products', 'payments']) {
      expect(names).toContain(`fetch ${name}`)
      expect(names).toContain(`subgraph ${name}`)
    }
    // It is registered: its plan was made before the first request came.
    expect(names).not.toContain('plan')
    expect(names).toContain('batch')
    const ours = /^(query Home|authenticate|read operation|batch|fetch |subgraph |read together)/
    expect(trace.filter(({ name }) => !ours.test(name)).length).toBeGreaterThanOrEqual(7)
    for (const span of trace) if (span !== root) expect(parents.has(String(span.parentSpanId))).toBe(true)
  })

  it('show in the trace of a change what it brings about in another process', () => {
    const { spans } = collector
    const change = spans.find(({ name }) => name === 'mutation GrantLineAccess')
    const received = spans.filter(({ name, traceId }) => name.startsWith('receive ') && traceId === change?.traceId)
    expect(new Set(received.map(({ name }) => name))).toEqual(
      new Set(['receive LineAccessChanged', 'receive ActRecorded']),
    )
  })

  it('link what a subgraph does for an event of a stream to the stream', () => {
    const { spans } = collector
    const stream = spans.find(({ name }) => name === 'subscription BalanceChanged')
    for (const name of ['event BalanceChanged', 'subgraph payments event']) {
      const event = spans.find((span) => span.name === name)
      expect(event?.links?.map(({ traceId }) => traceId)).toEqual([stream?.traceId])
    }
  })
})
