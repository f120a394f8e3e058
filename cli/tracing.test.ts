import { once } from 'node:events'
import { request as sendHttp } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ALL_OPERATIONS } from '../gateway/gateway.ts'
import { systemClock } from '../platform/clock.ts'
import { systemSleep } from '../platform/sleep.ts'
import { MANIFESTS_PATH } from './project.ts'
import { insertAccount, insertCatalogue, insertLine, phone } from './testing/fixture.ts'
import { operationText } from './testing/front-end.ts'
import { requestPassword, sentCode, signInWithPassword } from './testing/one-time-passwords.ts'
import { ancestors, keepSpans, startMs, traceIn, wordsOf } from './testing/spans.ts'
import { createStatementWatch } from './testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const HOME = operationText('home')

describe('traces in one process', { timeout: 60_000 }, () => {
  const kept = keepSpans()
  const { onStatement, watch } = createStatementWatch()
  let cabinet: TestCabinet
  let anna: string
  let boris: string

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      onStatement,
      operations: { ...ALL_OPERATIONS, manifests: MANIFESTS_PATH },
    })
    await insertCatalogue(cabinet.database)
    anna = await insertAccount(cabinet.database, { number: 1 })
    boris = await insertAccount(cabinet.database, { number: 2 })
    await insertLine(cabinet.database, { number: 1, ownerId: anna })
    await insertLine(cabinet.database, { number: 2, ownerId: boris })
  })
  afterAll(async () => {
    await cabinet.close()
    await kept.stop()
  })

  const traceOf = (root: string) => traceIn(kept.spans(), root)

  it('show a home query: gateway, plan, each fetch, each statement', async () => {
    const token = await cabinet.accountToken(anna)
    const { statements } = await watch(() => cabinet.ask({ query: HOME }, token))
    const asked = statements.filter(({ sql }) => !/^(begin|commit|start)/.test(sql))
    const trace = traceOf('query Home')
    const root = trace.find(({ name }) => name === 'query Home')
    const names = trace.map(({ name }) => name)
    expect(root?.parentSpanContext).toBeUndefined()
    for (const once of ['authenticate', 'read operation', 'plan']) {
      expect(names.filter((name) => name === once)).toHaveLength(1)
    }
    expect(new Set(names.filter((name) => name.startsWith('fetch ')))).toEqual(
      new Set(['fetch accounts', 'fetch linked-numbers', 'fetch products', 'fetch payments']),
    )
    const ours = /^(query Home|authenticate|read operation|plan|fetch |subgraph |read together)/
    expect(trace.filter(({ name }) => !ours.test(name))).toHaveLength(asked.length)
    // Each but the root has its parent in the trace, and each statement lies under a fetch.
    for (const span of trace) if (span !== root) expect(ancestors(span, trace)).toContain('query Home')
    for (const span of trace.filter(({ name }) => !ours.test(name))) {
      expect(ancestors(span, trace).join()).toMatch(/subgraph .*fetch /)
    }
  })

  it('begin when a request comes, and not when it has been read', async () => {
    const { http } = cabinet.gateway
    const url = await http.listen({ host: '127.0.0.1', port: 0 })
    const request = sendHttp(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' } })
    request.flushHeaders()
    await once(http.server, 'request')
    // A clock tick later at least.
    await systemSleep(5)
    const beforeBodyMs = systemClock.now().getTime()
    request.end(JSON.stringify({ query: operationText('account') }))
    const [response] = await once(request, 'response')
    await response.toArray()
    const [root, readOperation] = ['query Account', 'read operation'].map((wanted) =>
      traceOf('query Account').find(({ name }) => name === wanted),
    )
    expect(startMs(root)).toBeLessThan(beforeBodyMs)
    expect(startMs(readOperation)).toBeGreaterThanOrEqual(beforeBodyMs)
  })

  it('stay without a name where a request holds no operation', async () => {
    await cabinet.ask({ query: 'query Home { nothing }' })
    expect(traceOf('request').map(({ name }) => name)).toEqual(['authenticate', 'read operation', 'request'])
  })

  it('link what is read for several requests to each of them', async () => {
    const ask = async (account: string) => cabinet.ask({ query: HOME }, await cabinet.accountToken(account))
    // Which requests meet in one turn is chance: again until some did.
    const { requests, together } = await vi.waitFor(async () => {
      const before = kept.spans().length
      await Promise.all([ask(anna), ask(boris), ask(anna), ask(boris)])
      const fresh = kept.spans().slice(before)
      const met = fresh.filter(({ name }) => name === 'read together')
      expect(met.length).toBeGreaterThan(0)
      return { requests: new Set(fresh.map((span) => span.spanContext().traceId)), together: met }
    }, 30_000)
    expect(requests.size).toBe(4)
    for (const { links, attributes } of together) {
      expect(links.length).toBe(Number(attributes['cabinet.requests']) - 1)
      for (const { context } of links) expect(requests).toContain(context.traceId)
    }
  })

  it('hold no telephone number, token or code, whatever a client calls its operation', async () => {
    const number = phone(1)
    await requestPassword(cabinet, number)
    const code = await sentCode(cabinet.database, number)
    const signedIn = await signInWithPassword(cabinet, { phone: number, code })
    const { accessToken } = signedIn.data.result.session
    await cabinet.ask(
      { query: `query P${number.slice(1)} { viewer { lines(after: "${number}") { nodes { id } } } }` },
      accessToken,
    )
    expect(traceOf('mutation other').length).toBeGreaterThan(3)
    expect(traceOf('query other').length).toBeGreaterThan(1)
    const words = kept.spans().map(wordsOf).join('\n')
    for (const secret of [number, number.slice(1), accessToken, code]) expect(words).not.toContain(secret)
  })
})
