import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId } from '../cli/testing/fixture.ts'
import { type Answer as GraphAnswer, openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { SUBGRAPH_TIMEOUT_MS } from './gateway.ts'
import { NEVER_BREAKS } from './testing/resilience.ts'
import {
  type Answer,
  changed,
  createStoppedTransport,
  everywhere,
  type FakeSubgraph,
  json,
  startFakeSubgraph,
  text,
} from './testing/sickness.ts'
import type { Transport, TransportRequest } from './transport/transport.ts'

const HOME = readFileSync(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')
const LINES = 3
const TIMEOUT_MS = 400
const LATE_MS = 3_000
const ANSWER_MAX_MS = 3_000

/** How a subgraph behaves instead of answering, by the request's id. */
type Behaviour = (request: TransportRequest, inner: Transport) => ReturnType<Transport['send']>
type Behaviours = ReadonlyMap<string, Partial<Record<SubgraphName, Behaviour>>>

/** The fields that are lost with a subgraph. */
const LOST: Record<SubgraphName, readonly (string | number)[][]> = {
  accounts: [['viewer', 'displayName']],
  'linked-numbers': [['viewer', 'lines']],
  products: lineFields('tariff', 'activeOptions'),
  payments: lineFields('balance', 'bonuses'),
}

function lineFields(...fields: string[]): (string | number)[][] {
  const indexes = Array.from({ length: LINES }, (_, index) => index)
  return indexes.flatMap((index) => fields.map((field) => ['viewer', 'lines', 'nodes', index, field]))
}

/** The answer of accounts to home holds no list, so there is none to spoil. */
const GARBAGE: Readonly<Record<string, Answer>> = {
  'HTTP status 500': (response) => response.writeHead(500).end('{"errors":[{"message":"boom"}]}'),
  'HTTP status 502 of a proxy': (response) => response.writeHead(502).end('<html>Bad gateway</html>'),
  'a redirection': (response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end(),
  'HTTP status 401': (response) => response.writeHead(401).end('{"errors":[{"message":"who are you?"}]}'),
  'a broken connection': (response) => response.socket?.destroy(),
  'half an answer': (response) =>
    response.writeHead(200, { 'content-length': '1000' }).write('{"data":', () => response.socket?.destroy()),
  'what is not JSON': text('{"data":{"viewer":'),
  'a page of HTML': text('<!doctype html><title>Sign in to the network</title>', 'text/html'),
  nothing: text(''),
  'JSON null': text('null'),
  'a JSON string': text('"data"'),
  'a JSON list': text('[{"data":null}]'),
  'an empty object': json({}),
  'neither data nor errors': json({ data: null }),
  'data without a field': json({ data: {} }),
  'data that are a list': json({ data: [] }),
  'data that are text': json({ data: 'viewer' }),
  'errors that are text': json({ data: {}, errors: 'boom' }),
  'errors without a message': json({ errors: [{ code: 'X' }] }),
  'an error whose path is a number': json({ errors: [{ message: 'boom', path: 5 }] }),
  'an error that is not for clients': json({ errors: [{ message: 'Cannot query field', extensions: { code: 'X' } }] }),
  '20 MB of the right shape': (response, healthy) =>
    text(JSON.stringify(healthy) + ' '.repeat(20e6))(response, healthy),
  'objects where text belongs': changed(everywhere((value) => (typeof value === 'string' ? { value } : value))),
  'numbers where text belongs': changed(everywhere((value) => (typeof value === 'string' ? 7.5 : value))),
  'text where numbers and lists belong': changed(
    everywhere((value) => (typeof value === 'number' || Array.isArray(value) ? 'text' : value)),
  ),
  'a list where an object belongs': changed(
    everywhere((value, key) => (isObject(value) && key !== 'data' ? [] : value)),
  ),
  'objects where lists belong': changed(everywhere((value) => (Array.isArray(value) ? { ...value } : value))),
  'text where objects belong': changed(everywhere((value, key) => (isObject(value) && key !== 'data' ? 'x' : value))),
  'null where it promised a value': changed(everywhere((value) => (typeof value === 'object' ? value : null))),
  'fields that were not asked for': changed(
    everywhere((value) => (isObject(value) ? { ...value, tariff: 5, balance: 'x', lines: 7, __proto: 1 } : value)),
  ),
  'a prototype': (response, { data }) =>
    text(`{"data":${JSON.stringify(data).replaceAll('{', '{"__proto__":{"isAdmin":true},')}}`)(response, {}),
  'too few of a list': changed((data) => (isObject(data) && '_entities' in data ? { _entities: [] } : {})),
  'too many of a list': changed((data) =>
    isObject(data) && Array.isArray(data['_entities'])
      ? { _entities: [...data['_entities'], ...data['_entities']] }
      : { viewer: [data, data] },
  ),
}

function isObject(value: unknown): value is Record<string, never> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const neverAnswers: Answer = () => undefined
const answersLate: Answer = (response, healthy) => {
  setTimeout(() => json(healthy)(response, healthy), LATE_MS).unref()
}
const dripsForEver: Answer = (response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 50)
  response.on('close', () => clearInterval(timer))
}

describe('home, with one subgraph sick', { timeout: 20_000 }, () => {
  const behaviours = new Map<string, Partial<Record<SubgraphName, Behaviour>>>()
  let patient: TestCabinet
  let hasty: TestCabinet
  let fake: FakeSubgraph
  let stopped: Transport
  let account: string
  let healthy: GraphAnswer
  let requests = 0

  beforeAll(async () => {
    const options = {
      clock: { now: () => new Date('2026-11-22T10:00:00Z') },
      // Each sickness is met anew here; what the breaker makes of them is in resilience/trouble.test.ts.
      gatewayOptions: { resilience: NEVER_BREAKS },
      wrapTransport: (name: SubgraphName, inner: Transport) => misbehaving(name, inner, behaviours),
    }
    hasty = await openTestCabinet({ ...options, subgraphTimeoutMs: TIMEOUT_MS })
    const { keys, database } = hasty
    patient = await openTestCabinet({
      ...options,
      accessTokenKeys: keys,
      databaseUrls: database.urls,
      subgraphTimeoutMs: SUBGRAPH_TIMEOUT_MS,
    })
    fake = await startFakeSubgraph()
    stopped = await createStoppedTransport()
    await insertCatalogue(database)
    account = await insertAccount(database, { number: 1 })
    for (let number = 1; number <= LINES; number++) await insertLine(database, { number, ownerId: account })
    healthy = await hasty.ask({ query: HOME }, await hasty.accountToken(account))
    expect(healthy.errors).toBeUndefined()
  })

  afterAll(async () => {
    await patient.close()
    await hasty.close()
    await fake.close()
    await stopped.close()
  })

  const overHttp =
    (answer: Answer): Behaviour =>
    async (request, inner) =>
      fake.send(request, { answer, healthy: await inner.send(request) })

  async function askHome(cabinet: TestCabinet, sick: Partial<Record<SubgraphName, Behaviour>>) {
    const requestId = `request-${++requests}`
    behaviours.set(requestId, sick)
    return cabinet.ask({ query: HOME, headers: { 'x-request-id': requestId } }, await cabinet.accountToken(account))
  }

  /** All but the lost fields are there, and each lost field has its error. */
  function expectOnlyLost(answer: GraphAnswer, ...sick: SubgraphName[]) {
    const data = structuredClone(healthy.data)
    for (const path of sick.flatMap((name) => LOST[name])) setNull(data, path)
    expect(answer.data).toEqual(data)
    const expected = sick.flatMap((subgraph) =>
      LOST[subgraph].map((path) => ({
        message: expect.stringContaining('not available'),
        path,
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: 5 },
      })),
    )
    expect(answer.errors).toHaveLength(expected.length)
    expect(answer.errors).toEqual(expect.arrayContaining(expected))
    expect(answer.status).toBe(200)
  }

  describe.each(SUBGRAPH_NAMES)('%s', (subgraph) => {
    it('stopped: in memory', async () => {
      const answer = await askHome(hasty, { [subgraph]: () => Promise.reject(new Error('stopped')) })
      expectOnlyLost(answer, subgraph)
    })

    it('stopped: nobody listens', async () => {
      const unheard: Behaviour = (request) => stopped.send(request)
      expectOnlyLost(await askHome(hasty, { [subgraph]: unheard }), subgraph)
    })

    it.each([
      ['hangs', neverAnswers],
      ['answers late', answersLate],
      ['drips for ever', dripsForEver],
    ])('%s', async (_, answer) => {
      expectOnlyLost(await askHome(hasty, { [subgraph]: overHttp(answer) }), subgraph)
    })

    const garbage = Object.entries(GARBAGE).filter(([name]) => subgraph !== 'accounts' || !/lists belong/.test(name))
    it.each(garbage)('answers %s', async (_, answer) => {
      expectOnlyLost(await askHome(hasty, { [subgraph]: overHttp(answer) }), subgraph)
    })

    it.each<[string, (data: unknown) => unknown]>([
      ['a list', () => []],
      ['text for its root', () => ({ viewer: 'x', _entities: 'x' })],
      ['undefined', () => undefined],
    ])('answers %s in memory', async (_, garble) => {
      const garbled: Behaviour = async (request, inner) => ({
        data: garble((await inner.send(request)).data) as never,
      })
      expectOnlyLost(await askHome(hasty, { [subgraph]: garbled }), subgraph)
    })

    it('fails at its root, and does not take the root from the others, in whatever order they answer', async () => {
      const fails: Behaviour = async (request) => {
        await new Promise((resolve) => setTimeout(resolve, 100))
        const root = request.query.includes('_entities') ? '_entities' : 'viewer'
        const error = { message: 'away', path: [root], extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryAfter: 5 } }
        return { data: root === 'viewer' ? { viewer: null } : null, errors: [error] } as never
      }
      const { data, errors } = await askHome(hasty, { [subgraph]: fails })
      const expected = structuredClone(healthy.data)
      for (const path of LOST[subgraph]) setNull(expected, path)
      expect(data).toEqual(expected)
      expect(errors?.map(({ extensions }) => extensions)).toContainEqual({
        code: 'SUBGRAPH_UNAVAILABLE',
        subgraph,
        retryAfter: 5,
      })
    })
  })

  it('answers within three seconds with the time-out of production, whichever hangs', async () => {
    const inMemory: Behaviour = () => new Promise(() => undefined)
    const ways = [inMemory, overHttp(neverAnswers), overHttp(dripsForEver)]
    await Promise.all(
      SUBGRAPH_NAMES.flatMap((name) =>
        ways.map(async (way) => expectOnlyLost(await inTime(askHome(patient, { [name]: way })), name)),
      ),
    )
  })

  it('answers within three seconds though one is slow and the next hangs', async () => {
    const slow: Behaviour = async (request, inner) => {
      await new Promise((resolve) => setTimeout(resolve, 1_700))
      return inner.send(request)
    }
    const hangs = overHttp(neverAnswers)
    const answer = await inTime(askHome(patient, { 'linked-numbers': slow, products: hangs, payments: hangs }))
    expectOnlyLost(answer, 'products', 'payments')
  })

  it('shows what two leave when the other two are away', async () => {
    const away: Behaviour = () => Promise.reject(new Error('stopped'))
    expectOnlyLost(await askHome(hasty, { accounts: away, payments: away }), 'accounts', 'payments')
  })

  it('says which are away when nothing is left', async () => {
    const away: Behaviour = () => Promise.reject(new Error('stopped'))
    const { data, errors } = await askHome(hasty, { accounts: away, 'linked-numbers': away })
    expect(data).toEqual({ viewer: null })
    expect(errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual([
      { path: ['viewer'], code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'accounts', retryAfter: 5 },
      { path: ['viewer'], code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'linked-numbers', retryAfter: 5 },
    ])
  })

  it('says so of a change that could not be asked for, at the field of the change', async () => {
    const requestId = 'a-change-refused'
    behaviours.set(requestId, { 'linked-numbers': () => Promise.reject(new Error('stopped')) })
    const { data, errors } = await hasty.ask(
      {
        query: `mutation { unlinkNumber(input: { lineId: "${lineId(1)}" }) { __typename } }`,
        headers: { 'x-request-id': requestId },
      },
      await hasty.accountToken(account),
    )
    expect(data).toBeNull()
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['unlinkNumber'],
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'linked-numbers', retryAfter: 5 },
      }),
    ])
  })

  it('names a lost field by its alias, and by its place when the client did not ask for it', async () => {
    const requestId = 'aliases-of-fields'
    behaviours.set(requestId, { payments: () => Promise.reject(new Error('stopped')) })
    const { data, errors } = await hasty.ask(
      {
        query:
          '{ me: viewer { numbers: lines(first: 1) { edges { node { money: balance { available { amount } } } } } } }',
        headers: { 'x-request-id': requestId },
      },
      await hasty.accountToken(account),
    )
    expect(data).toEqual({ me: { numbers: { edges: [{ node: { money: null } }] } } })
    expect(errors?.map(({ path }) => path)).toEqual([['me', 'numbers', 'edges', 0, 'node', 'money']])
  })
})

/** Before a timer that is set now: a busy machine holds up both. */
function inTime(answer: Promise<GraphAnswer>): Promise<GraphAnswer> {
  const late = sleep(ANSWER_MAX_MS).then(() => Promise.reject(new Error(`no answer within ${ANSWER_MAX_MS} ms`)))
  return Promise.race([answer, late])
}

function misbehaving(name: SubgraphName, inner: Transport, behaviours: Behaviours): Transport {
  return {
    send(request) {
      const behaviour = behaviours.get(request.viewer.requestId)?.[name]
      return behaviour ? behaviour(request, inner) : inner.send(request)
    },
    close: inner.close,
  }
}

function setNull(data: unknown, path: readonly (string | number)[]): void {
  let parent = data as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) parent = parent[step] as typeof parent
  parent[path.at(-1) ?? ''] = null
}
