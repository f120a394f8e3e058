import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine } from '../../cli/testing/fixture.ts'
import { type Answer as GraphAnswer, openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../../platform/subgraph/name.ts'
import type { BreakerState } from '../observer.ts'
import { type Answer, createStoppedTransport, type FakeSubgraph, startFakeSubgraph, text } from '../testing/sickness.ts'
import { WITHOUT } from '../testing/without-subgraph.ts'
import type { Transport, TransportRequest } from '../transport/transport.ts'

// `npm run torture:trouble` measures the same with processes under load.
const HOME = readFileSync(new URL('../../schema/operations/home.graphql', import.meta.url), 'utf8')
const FAILURES_IN_ROW = 3
const TIMEOUT_MS = 1_000

describe('a subgraph in trouble', { timeout: 60_000 }, () => {
  const events: [string, BreakerState][] = []
  let sick: { readonly name: SubgraphName; readonly answer: Answer | 'stopped' } | null = null
  let asked = 0
  let cabinet: TestCabinet
  let fake: FakeSubgraph
  let stopped: Transport
  let account: string
  let token: string
  let healthy: GraphAnswer

  async function send(name: SubgraphName, request: TransportRequest, inner: Transport) {
    if (sick?.name !== name) return inner.send(request)
    asked++
    if (sick.answer === 'stopped') return stopped.send(request)
    return fake.send(request, { answer: sick.answer, healthy: await inner.send(request) })
  }
  // Each of a session of its own: else they would share one answer.
  const home = async () => cabinet.ask({ query: HOME }, await cabinet.accountToken(account))

  beforeAll(async () => {
    fake = await startFakeSubgraph()
    stopped = await createStoppedTransport()
    cabinet = await openTestCabinet({
      clock: { now: () => new Date('2026-11-22T10:00:00Z') },
      subgraphTimeoutMs: TIMEOUT_MS,
      gatewayOptions: {
        resilience: { failuresInRow: FAILURES_IN_ROW, openMs: 100, openMsMax: 100 },
        observer: { breakerChanged: (name, state) => events.push([name, state]) },
      },
      wrapTransport: (name, inner) => ({ send: (request) => send(name, request, inner), close: inner.close }),
    })
    await insertCatalogue(cabinet.database)
    account = await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: account })
    token = await cabinet.accountToken(account)
    healthy = await home()
    expect(healthy.errors).toBeUndefined()
  })
  afterAll(async () => {
    await cabinet.close()
    await fake.close()
    await stopped.close()
  })

  const SICKNESSES: Readonly<Record<string, Answer | 'stopped'>> = {
    'that hangs': () => undefined,
    'that refuses': 'stopped',
    'that answers garbage': text('{"data":{"viewer":'),
    'that answers with status 500': (response) => response.writeHead(500).end('{"errors":[{"message":"boom"}]}'),
    'that answers 10 MB': (response, well) => text(JSON.stringify(well) + ' '.repeat(10e6))(response, well),
  }

  describe.each(SUBGRAPH_NAMES)('%s', (name) => {
    it.each(Object.entries(SICKNESSES))(
      '%s costs its own fields, is left alone, and is asked again',
      async (_, answer) => {
        events.length = 0
        sick = { name, answer }
        const first = await Promise.all(Array.from({ length: FAILURES_IN_ROW }, home))
        for (const each of first) expectUnavailable(each, name)
        expect(events[0]).toEqual([name, 'open'])
        asked = 0
        const answers = await Promise.all(Array.from({ length: 20 }, home))
        for (const each of answers) expectUnavailable(each, name)
        // One may have tried meanwhile, and one more where the first took long.
        expect(asked).toBeLessThan(20)
        const others = await cabinet.ask({ query: WITHOUT[name] }, token)
        expect(others.errors).toBeUndefined()

        sick = null
        await expect
          .poll(home, { timeout: 10_000, interval: 50 })
          .toMatchObject({ data: healthy.data, errors: undefined })
        expect(events.at(-1)).toEqual([name, 'closed'])
        expect(new Set(events.map(([subgraph]) => subgraph))).toEqual(new Set([name]))
      },
    )
  })

  it('that is slow is waited for, and its breaker stays closed', async () => {
    events.length = 0
    const late: Answer = (response, well) => void setTimeout(() => text(JSON.stringify(well))(response, well), 50)
    sick = { name: 'payments', answer: late }
    const answers = await Promise.all(Array.from({ length: 5 }, home))
    sick = null
    for (const { data, errors } of answers) expect({ data, errors }).toEqual({ data: healthy.data, errors: undefined })
    expect(events).toEqual([])
  })

  it('that refuses in its own words is not taken for sick', async () => {
    events.length = 0
    const error = { message: 'Sign in first.', path: ['viewer'], extensions: { code: 'UNAUTHENTICATED' } }
    sick = { name: 'accounts', answer: text(JSON.stringify({ data: { viewer: null }, errors: [error] })) }
    await Promise.all(Array.from({ length: 10 }, home))
    sick = null
    expect(events).toEqual([])
  })
})

function expectUnavailable({ data, errors, status }: GraphAnswer, subgraph: SubgraphName): void {
  expect(status).toBe(200)
  expect(data).toHaveProperty('viewer')
  expect(errors?.length).toBeGreaterThan(0)
  for (const { extensions } of errors ?? []) {
    expect(extensions).toEqual({ code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: 5 })
  }
}
