import { buildSchema } from 'graphql'
import { base64url, type JSONWebKeySet, SignJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { signAccessToken } from '../identity/access-token.ts'
import { signInternalToken } from '../identity/internal-token.ts'
import { findKeyAmong, generatePrivateKey, publicKeys, type SigningKey, signingKey } from '../identity/keys.ts'
import { type Principal, UNKNOWN_CLIENT, type Viewer } from '../identity/viewer.ts'
import { onlyValue } from '../iterators.ts'
import { silentLogger } from '../logger.ts'
import { serveSubgraph } from './serve.ts'

const ACCOUNT: Principal = {
  kind: 'account',
  accountId: '01900001-0000-7000-8000-000000000001',
  personId: '01900001-0000-7000-8000-000000000001',
  sessionId: 'session',
  organizationRole: null,
}
const EVENT = {
  id: '01900009-0000-7000-8000-000000000001',
  kind: 'LineAccessChanged',
  occurredAt: '2026-11-22T10:00:00.000Z',
  lineId: '01900002-0000-7000-8000-000000000001',
  accountId: '01900001-0000-7000-8000-000000000001',
  rights: 1,
  until: null,
  version: 1,
}

const ACT = {
  id: '01900009-0000-7000-8000-000000000002',
  kind: 'ActRecorded',
  occurredAt: '2026-11-22T10:00:00.000Z',
  accountId: '01900001-0000-7000-8000-000000000001',
  act: 'LINE_SEEN',
  lineId: null,
  details: { any: [1] },
  by: { actor: 'staff:x', staffRoles: ['salon'], address: null, sessionId: null, requestId: 'r', reason: 'why' },
}

describe('a subgraph behind HTTP', () => {
  let now = new Date('2026-11-22T10:00:00Z')
  const clock = { now: () => now }
  const execute = vi.fn(async (_: unknown, _viewer: Viewer) => ({ data: { ok: true } }))
  const receive = vi.fn(async () => undefined)
  let gateway: SigningKey
  let linkedNumbers: SigningKey
  let stranger: SigningKey
  let http: ReturnType<typeof serveSubgraph>

  beforeAll(async () => {
    const keys: JSONWebKeySet = {
      keys: [await generatePrivateKey('gateway.1'), await generatePrivateKey('linked-numbers.1')],
    }
    gateway = await signingKey(keys)
    linkedNumbers = await signingKey({ keys: keys.keys.slice(1) })
    stranger = await signingKey({ keys: [await generatePrivateKey('gateway.1')] })
    http = serveSubgraph({
      subgraph: {
        name: 'payments',
        schema: buildSchema('type Query { ok: Boolean }'),
        execute,
        subscribe: async () => onlyValue({ data: { ok: true } }),
        receive,
        operationCounts: () => ({ hits: 0, misses: 0, size: 0 }),
        checkReady: async () => undefined,
        close: async () => undefined,
      },
      findKey: findKeyAmong(publicKeys(keys)),
      clock,
      newId: () => 'made-by-the-subgraph',
      logger: silentLogger,
    })
  })
  beforeEach(() => {
    now = new Date('2026-11-22T10:00:00Z')
    vi.clearAllMocks()
  })

  const identity = (issuer: string, signer: SigningKey, audience = 'payments', principal = speakerFor(issuer)) =>
    signInternalToken({ issuer, principal, language: 'ru' }, audience, signer, clock)
  const post = async (url: string, token: string | null, payload: object) =>
    http.inject({
      method: 'POST',
      url,
      headers: { ...(token !== null && { authorization: `Bearer ${token}` }), 'x-request-id': 'of-the-gateway' },
      payload,
    })

  it('runs what the gateway asks, for whom the gateway says, under the id of the request', async () => {
    const response = await post('/graphql', await identity('gateway', gateway), { query: '{ ok }' })
    expect(response.statusCode).toBe(200)
    expect(response.json()).toEqual({ data: { ok: true } })
    expect(response.headers['x-request-id']).toBe('of-the-gateway')
    expect(execute.mock.calls[0]?.[1]).toEqual({
      principal: ACCOUNT,
      language: 'ru',
      requestId: 'of-the-gateway',
      client: UNKNOWN_CLIENT,
    })
  })

  it.each<[string, () => Promise<string | null> | string | null]>([
    ['no identity', () => null],
    ['an empty one', () => ''],
    ['garbage', () => 'garbage'],
    ['one signed with a key that is not the gateway’s', () => identity('gateway', stranger)],
    ['one for another subgraph', () => identity('gateway', gateway, 'products')],
    ['one of a subgraph that calls itself the gateway', () => identity('gateway', linkedNumbers)],
    [
      'one of a subgraph that speaks for a person',
      () => identity('linked-numbers', linkedNumbers, 'payments', ACCOUNT),
    ],
    [
      'one of a subgraph that calls itself another',
      () => identity('linked-numbers', linkedNumbers, 'payments', PRODUCTS),
    ],
    ['one of the gateway as a subgraph', () => identity('gateway', gateway, 'payments', PRODUCTS)],
    ['the client’s own access token', () => signAccessToken({ ...ACCOUNT } as never, gateway, clock)],
    ['algorithm none', () => `${encode({ alg: 'none', typ: 'cabinet-internal+jwt' })}.${encode({ iss: 'gateway' })}.x`],
    ['one without expiry', () => bare(gateway, {})],
    ['one whose principal makes no sense', () => bare(gateway, { exp: 4e9, principal: { kind: 'god' } })],
  ])('refuses %s with 401 and runs nothing', async (_, make) => {
    const response = await post('/graphql', await make(), { query: '{ ok }' })
    expect(response.statusCode).toBe(401)
    expect(response.json().errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED' })
    expect(execute).not.toHaveBeenCalled()
  })

  it('runs what another subgraph asks for itself', async () => {
    const token = await identity('linked-numbers', linkedNumbers)
    expect((await post('/graphql', token, { query: '{ ok }' })).statusCode).toBe(200)
    expect(execute.mock.calls[0]?.[1]).toMatchObject({ principal: { kind: 'service', name: 'linked-numbers' } })
  })

  it('refuses an identity that has expired', async () => {
    const token = await identity('gateway', gateway)
    now = new Date(now.getTime() + 31_000)
    expect((await post('/graphql', token, { query: '{ ok }' })).statusCode).toBe(401)
  })

  it('takes events from subgraphs, once they are signed, and from nobody else', async () => {
    expect((await post('/events', await identity('linked-numbers', linkedNumbers), EVENT)).statusCode).toBe(204)
    expect(receive).toHaveBeenCalledTimes(1)
    expect((await post('/events', await identity('gateway', gateway), EVENT)).statusCode).toBe(401)
    expect((await post('/events', null, EVENT)).statusCode).toBe(401)
    expect((await post('/events', await identity('linked-numbers', linkedNumbers, 'products'), EVENT)).statusCode).toBe(
      401,
    )
    expect(receive).toHaveBeenCalledTimes(1)
  })

  it('takes an event from none but the subgraph whose it is to tell', async () => {
    const sent = {
      id: EVENT.id,
      kind: 'TransferSent',
      occurredAt: EVENT.occurredAt,
      transferId: EVENT.lineId,
      fromLineId: EVENT.lineId,
      toLineId: EVENT.lineId,
      amount: '100',
      fromPhone: null,
    }
    expect((await post('/events', await identity('linked-numbers', linkedNumbers), sent)).statusCode).toBe(401)
    expect(receive).not.toHaveBeenCalled()
  })

  it.each([EVENT, ACT])('hands on an event as it came: $kind', async (event) => {
    expect((await post('/events', await identity('linked-numbers', linkedNumbers), event)).statusCode).toBe(204)
    expect(receive).toHaveBeenCalledWith(event)
  })

  it.each([
    ['an operation that is no text', '/graphql', { query: 7 }],
    ['no operation', '/graphql', {}],
    ['an event of a kind that does not exist', '/events', { ...EVENT, kind: 'LineExploded' }],
    ['an act of no kind', '/events', { ...ACT, act: 'seen' }],
    ['an act of nobody', '/events', { ...ACT, by: undefined }],
    ['rights out of range', '/events', { ...EVENT, rights: 99 }],
    ['an event without a version', '/events', { ...EVENT, version: undefined }],
  ])('answers 400 to %s', async (_, url, payload) => {
    const token = await (url === '/events' ? identity('linked-numbers', linkedNumbers) : identity('gateway', gateway))
    expect((await post(url, token, payload)).statusCode).toBe(400)
    expect(execute).not.toHaveBeenCalled()
    expect(receive).not.toHaveBeenCalled()
  })
})

const PRODUCTS: Principal = { kind: 'service', name: 'products' }

/** Whom an honest process speaks for. */
function speakerFor(issuer: string): Principal {
  return issuer === 'gateway' ? ACCOUNT : { kind: 'service', name: 'linked-numbers' }
}

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value))
}

function bare(signer: SigningKey, claims: Record<string, unknown>): Promise<string> {
  return new SignJWT({ principal: ACCOUNT, language: 'ru', iss: 'gateway', aud: 'payments', ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: signer.kid, typ: 'cabinet-internal+jwt' })
    .sign(signer.key)
}
