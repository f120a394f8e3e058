import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'

const SITE = 'https://cabinet.example'
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' }
const LARGE = '{ viewer { lines { nodes { id msisdn alias status balance { available { amount currencyCode } } } } } }'

let cabinet: TestCabinet
let token: string

beforeAll(async () => {
  cabinet = await openTestCabinet({ isDevelopment: false, allowedOrigins: [SITE] })
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  for (let number = 1; number <= 20; number++) {
    await insertLine(cabinet.database, { number, ownerId: accountId(1), kopecks: 12_345n })
  }
  token = await cabinet.accountToken(accountId(1))
})
afterAll(() => cabinet.close())

const post = (query: string, headers: Record<string, string> = {}) =>
  cabinet.gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${token}`, ...headers },
    payload: { query },
  })

describe('a site that is allowed', () => {
  const preflight = (origin: string) =>
    cabinet.gateway.http.inject({ method: 'OPTIONS', url: '/graphql', headers: { ...PREFLIGHT, origin } })

  it('may ask from a browser, with a token, and read the id of its request', async () => {
    const { headers } = await preflight(SITE)
    expect(headers['access-control-allow-origin']).toBe(SITE)
    expect(headers['access-control-allow-headers']).toContain('authorization')
    const answer = await post('{ viewer { id } }', { origin: SITE })
    expect(answer.headers['access-control-allow-origin']).toBe(SITE)
    expect(answer.headers['access-control-expose-headers']).toContain('x-request-id')
    expect(answer.headers.vary).toContain('Origin')
  })

  it('is told of refusals too', async () => {
    const refused = await post('{ viewer { id } }', { origin: SITE, authorization: 'Bearer a.forged.token' })
    expect(refused.statusCode).toBe(401)
    expect(refused.headers['access-control-allow-origin']).toBe(SITE)
  })

  it('is the only one: no cookies are asked for, and no other site or route is open', async () => {
    expect((await preflight(SITE)).headers['access-control-allow-credentials']).toBeUndefined()
    for (const site of ['https://cabinet.example.evil.example', 'http://cabinet.example', 'null']) {
      expect((await preflight(site)).headers['access-control-allow-origin']).toBeUndefined()
    }
    const health = await cabinet.gateway.http.inject({ url: '/health/ready', headers: { origin: SITE } })
    expect(health.headers['access-control-allow-origin']).toBeUndefined()
  })
})

describe('an answer', () => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const)('is compressed by %s for a client that takes it', async (encoding, unpack) => {
    const [plain, packed] = [await post(LARGE), await post(LARGE, { 'accept-encoding': encoding })]
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(packed.headers).toMatchObject({ 'content-encoding': encoding })
    expect(packed.headers.vary).toContain('accept-encoding')
    expect(unpack(packed.rawPayload).toString()).toBe(plain.body)
    expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 3)
  })

  it('is left as it is where it is small', async () => {
    const { headers } = await post('{ viewer { id } }', { 'accept-encoding': 'br' })
    expect(headers['content-encoding']).toBeUndefined()
  })

  it('is not asked for in a packed request: what it unpacks to would be counted by nobody', async () => {
    const { statusCode } = await cabinet.gateway.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      payload: gzipSync(JSON.stringify({ query: '{ __typename }' })),
    })
    expect(statusCode).toBe(400)
  })

  it('says to browsers that it is data, and to caches that it is nobody else’s', async () => {
    for (const response of [await post('{ viewer { id } }'), await post('{')]) {
      expect(response.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(response.headers['x-powered-by']).toBeUndefined()
    }
    const health = await cabinet.gateway.http.inject({ url: '/health/live' })
    expect(health.headers['x-content-type-options']).toBe('nosniff')
  })
})

it('a stream of events is not compressed: each goes out when it happens', async () => {
  const address = await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
  const query = 'subscription { balanceChanged(lineId: "01900002-0000-7000-8000-000000000001") { sequence } }'
  const sent = request(`${address}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'accept-encoding': 'gzip, br',
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      origin: SITE,
    },
  })
  sent.end(JSON.stringify({ query }))
  const [{ headers }, text] = await new Promise<[{ headers: Record<string, unknown> }, string]>((resolve, reject) => {
    sent.on('error', reject)
    sent.on('response', (response) => {
      let received = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        received += chunk
        if (received.includes('balanceChanged')) resolve([response, received])
      })
    })
  })
  sent.destroy()
  expect(headers['content-encoding']).toBeUndefined()
  expect(headers['access-control-allow-origin']).toBe(SITE)
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(text).toContain('"sequence":"0"')
})
