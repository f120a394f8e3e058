import { createRandom, type Random } from '../../engine/testing/random.ts'
import { HOSTILE_TEXTS } from './texts.ts'

/** A request as it is put to the server. */
export interface HostileRequest {
  /** What is wrong with it. */
  readonly kind: string
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly payload?: string
}

type MakeRequest = (random: Random) => Omit<HostileRequest, 'kind'>

const JSON_HEADERS = { 'content-type': 'application/json' }
const QUERY = '{ viewer { id displayName } }'
const TEXT_KINDS = Object.keys(HOSTILE_TEXTS)
const MEGABYTE = 1024 * 1024

/** The seed and the number alone decide what comes. */
export function hostileRequest(seed: string, number: number): HostileRequest {
  const random = createRandom(`${seed} ${number}`)
  if (random.chance(TEXT_SHARE)) {
    const kind = random.pick(TEXT_KINDS)
    const text = HOSTILE_TEXTS[kind]?.(random) ?? ''
    return { kind, ...(random.chance(0.9) ? post({ query: text, ...extras(random) }) : get({ query: text })) }
  }
  const [kind, make] = random.pick(Object.entries(REQUESTS))
  return { kind, ...make(random) }
}

const TEXT_SHARE = 0.65

function post(body: unknown, headers: Readonly<Record<string, string>> = {}): Omit<HostileRequest, 'kind'> {
  return { method: 'POST', url: '/graphql', headers: { ...JSON_HEADERS, ...headers }, payload: JSON.stringify(body) }
}

function raw(payload: string, headers: Readonly<Record<string, string>> = JSON_HEADERS): Omit<HostileRequest, 'kind'> {
  return { method: 'POST', url: '/graphql', headers, payload }
}

function get(params: Readonly<Record<string, string>>): Omit<HostileRequest, 'kind'> {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`)
  return { method: 'GET', url: `/graphql?${pairs.join('&')}`, headers: { 'apollo-require-preflight': '1' } }
}

function extras(random: Random): Record<string, unknown> {
  return {
    ...(random.chance(0.2) && {
      operationName: random.pick(['Home', '', 'O1', null, 'x'.repeat(1_000), 5, '__proto__']),
    }),
    ...(random.chance(0.3) && {
      variables: random.pick([{}, null, { first: 1e9 }, { input: deepObject(50) }, { v: [] }]),
    }),
    ...(random.chance(0.1) && { extensions: random.pick([{}, null, 5, { persistedQuery: null }]) }),
  }
}

function deepObject(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = { a: value }
  return value
}

/** Made when they are picked: each takes longer to make than to refuse. */
const HUGE: readonly (() => unknown)[] = [
  () => 'x'.repeat(200_000),
  () => Array(30_000).fill(1),
  () => deepObject(3_000),
  () => ({ ...Array(20_000).fill(0) }),
  () => '\ud800',
  () => 5e300,
]
const INPUTS: readonly ((random: Random) => unknown)[] = [
  (random) => deepObject(1 + random.integer(4_000)),
  () => [],
  () => null,
  () => ({ lineId: deepObject(9) }),
  () => ({ lineId: Array(20_000).fill('x') }),
  (random) => Object.fromEntries(Array.from({ length: random.integer(9_000) }, (_, n) => [`k${n}`, n])),
]

const REQUESTS: Readonly<Record<string, MakeRequest>> = {
  'two megabytes of text': (random) =>
    raw(`{"query":"${random.pick([' ', '{', 'a', '#', '\\u0000', '\\n']).repeat(Math.floor((2 * MEGABYTE) / 6))}"}`),
  'as much as may be': (random) =>
    raw(
      `{"query":"${random.pick([' ', '{', 'a', '#', '{a', '...F ', '\\n', 'viewer{id}']).repeat(200_000).slice(0, 255_000)}"}`,
    ),
  batches: (random) => post(Array.from({ length: random.integer(1_000) }, () => ({ query: QUERY }))),
  'broken JSON': (random) => {
    const text = JSON.stringify({ query: QUERY, variables: { a: [1, 2, { b: 'c' }] } })
    const at = random.integer(text.length)
    return raw(
      random.pick([
        text.slice(0, at),
        `${text.slice(0, at)}\u0000${text.slice(at)}`,
        `${text}${text}`,
        `\ufeff${text}`,
        text.replaceAll('"', "'"),
      ]),
    )
  },
  'what is no JSON': (random) =>
    raw(
      random.pick([
        '',
        ' ',
        '\u0000',
        'null',
        '5',
        '"x"',
        'true',
        'undefined',
        '<x/>',
        QUERY,
        'NaN',
        '[',
        '{',
        '{"query"',
      ]),
    ),
  'deep JSON': (random) => raw(random.pick(['[', '{"a":', '{"query":[']).repeat(1 + random.integer(80_000))),
  'deep JSON that is whole': (random) => {
    const levels = 1 + random.integer(random.pick([100, 20_000]))
    return raw(`{"query":"${QUERY}","variables":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`)
  },
  'keys of prototypes': (random) =>
    raw(
      random.pick([
        `{"__proto__":{"query":"{ viewer { id } }"}}`,
        `{"constructor":{"prototype":{"query":"x"}}}`,
        `{"query":"${QUERY}","variables":{"__proto__":{"isAdmin":true}}}`,
        `{"query":"${QUERY}","query":"{ x }"}`,
        `{"toString":5,"query":"${QUERY}"}`,
      ]),
    ),
  'wrong types': (random) => {
    const odd = () => random.pick<unknown>([null, 5, true, [], {}, '', ['x'], { length: 5 }, -0, 'x'])
    return post({
      query: random.chance(0.5) ? odd() : QUERY,
      variables: odd(),
      operationName: odd(),
      extensions: odd(),
    })
  },
  'wrong kinds of content': (random) =>
    raw(JSON.stringify({ query: QUERY }), {
      'content-type': random.pick([
        'text/plain',
        'application/xml',
        'multipart/form-data',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-16',
        'application/json;charset=x;charset=y',
        'application/graphql',
        'a/b/c',
        ';',
        'application/json, text/plain',
        '*/*',
        'APPLICATION/JSON',
        'application/json\t',
        'x'.repeat(5_000),
      ]),
    }),
  'huge variables': (random) =>
    post({ query: 'query ($x: ID!) { account(id: $x) { id } }', variables: { x: random.pick(HUGE)() } }),
  'deep input': (random) =>
    post({
      query: 'mutation ($i: UnlinkNumberInput!) { unlinkNumber(input: $i) { __typename } }',
      variables: { i: random.pick(INPUTS)(random) },
    }),
  'GET of all': (random) =>
    get(
      random.pick<Record<string, string>>([
        { query: QUERY, variables: random.pick(['{', '[]', '5', 'null', '{"a":'.repeat(500)]) },
        { query: 'mutation { signOut { __typename } }' },
        { query: 'subscription { balanceChanged(lineId: "x") { sequence } }' },
        { query: QUERY, operationName: 'x'.repeat(random.integer(8_000)) },
        { query: '', variables: '' },
        { extensions: '{"persistedQuery":{"version":1,"sha256Hash":"x"}}' },
        { query: QUERY, extensions: '{' },
      ]),
    ),
  'broken addresses': (random) => ({
    method: 'GET',
    url: `/graphql${random.pick(['?query=%', '?query=%E0%A4%A', '?query[]=1&query[]=2', '?query=1&query=2', '?', `?${'a=b&'.repeat(5_000)}`, '?query[a][b]=c', '/../graphql', '?variables[__proto__]=1', `?query=${'%7B'.repeat(9_000)}`])}`,
    headers: {},
  }),
  'hashes of nothing': (random) =>
    post({
      extensions: {
        persistedQuery: random.pick<unknown>([
          { version: 1, sha256Hash: 'x' },
          { version: 2, sha256Hash: 'x' },
          { version: 1, sha256Hash: 'a'.repeat(64) },
          { sha256Hash: {} },
          [],
          'x',
          { version: 1, sha256Hash: 'x'.repeat(100_000) },
        ]),
      },
      ...(random.chance(0.5) && { query: QUERY }),
    }),
  'strange headers': (random) =>
    post(
      { query: QUERY },
      random.pick<Record<string, string>>([
        {
          accept: random.pick([
            '*/*;q=0',
            'text/html',
            'x',
            ',,,',
            'application/json;q=nan',
            'multipart/mixed; deferSpec=20220824',
            `${'a/b,'.repeat(2_000)}`,
          ]),
        },
        {
          authorization: random.pick([
            'Bearer',
            'Bearer x.y.z',
            `Bearer ${'a'.repeat(6_000)}.b.c`,
            'Basic eA==',
            'Bearer eyJhbGciOiJub25lIn0.e30.',
            '',
          ]),
        },
        { 'x-reason': random.pick(['%', '%E0%A4', 'x'.repeat(7_000), '%00%00']) },
        {
          'accept-language': random.pick([',;q=', 'x'.repeat(5_000), '*', 'ru;q=2,en;q=-1', `${'en,'.repeat(2_000)}`]),
        },
        { 'x-request-id': random.pick(['x', '../../etc', 'a'.repeat(5_000), '{}']) },
        { 'x-forwarded-for': random.pick(['::1', '1.2.3.4, 5.6.7.8', 'x', `${'1.1.1.1,'.repeat(1_000)}`]) },
        { 'content-encoding': random.pick(['gzip', 'br', 'x']) },
        { 'content-length': random.pick(['0', '5']) },
      ]),
    ),
  'streams of what is none': (random) =>
    post(
      {
        query: random.pick([
          QUERY,
          'subscription { nothing }',
          'subscription { a: balanceChanged(lineId: "x") { sequence } b: balanceChanged(lineId: "y") { sequence } }',
          '{',
        ]),
      },
      { accept: 'text/event-stream' },
    ),
  'other methods': (random) => ({
    method: 'OPTIONS',
    url: '/graphql',
    headers: { origin: random.pick(['null', 'https://evil.example', 'x']), 'access-control-request-method': 'POST' },
  }),
}
