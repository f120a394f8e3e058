import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HeaderMap } from '@apollo/server'
import type { JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signAccessToken } from '../platform/identity/access-token.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import { generatePrivateKey, publicKeys, signingKey } from '../platform/identity/keys.ts'
import { silentLogger } from '../platform/logger.ts'
import { createRemoteKeys } from './access-token-keys.ts'
import { createAuthenticator } from './authenticate.ts'

const STAFF = { kind: 'staff', staffId: 's', sessionId: 'x', roles: [] } as const

describe('the published keys of access tokens', () => {
  let server: Server
  let url: string
  let answer: RequestListener
  let requests = 0
  let nowMs = Date.UTC(2026, 10, 22)
  const clock = { now: () => new Date(nowMs) }
  let first: JSONWebKeySet
  let rotated: JSONWebKeySet

  beforeAll(async () => {
    first = { keys: [await generatePrivateKey('accounts.1')] }
    rotated = { keys: [await generatePrivateKey('accounts.2'), ...first.keys] }
    server = createServer((request, response) => {
      requests++
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
  })
  beforeEach(() => {
    requests = 0
    answer = publish(first)
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const publish =
    (keys: JSONWebKeySet): RequestListener =>
    (_, response) =>
      void response.setHeader('content-type', 'application/json').end(JSON.stringify(publicKeys(keys)))
  const away: RequestListener = (_, response) => response.socket?.destroy()
  const open = () =>
    createAuthenticator({
      findKey: createRemoteKeys({ url, clock, logger: silentLogger }),
      clock,
      endedSessions: createEndedSessions(clock),
    })
  const bearer = async (keys: JSONWebKeySet) => `Bearer ${await signAccessToken(STAFF, await signingKey(keys), clock)}`
  const refusal = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => null,
      (reason: { extensions?: unknown }) => reason,
    )
    return error?.extensions
  }

  it('are fetched once for many requests at once', async () => {
    const authenticate = open()
    const asked = Array.from({ length: 20 }, async () => authenticate(await bearer(first)))
    expect(await Promise.all(asked)).toHaveLength(20)
    expect(requests).toBe(1)
  })

  it('are fetched again when a token carries a new one, and tokens of the old one stay valid', async () => {
    const authenticate = open()
    const old = await bearer(first)
    await authenticate(old)
    answer = publish(rotated)
    nowMs += 1_000
    expect(await authenticate(await bearer(rotated))).toEqual(STAFF)
    expect(await authenticate(await bearer(first))).toEqual(STAFF)
    expect(requests).toBe(2)
  })

  it('are not fetched for each token with a key that does not exist', async () => {
    const authenticate = open()
    await authenticate(await bearer(first))
    nowMs += 1_000
    const forged = { keys: [await generatePrivateKey('accounts.9')] }
    for (let attempt = 0; attempt < 20; attempt++) {
      expect(await refusal(authenticate(await bearer(forged)))).toMatchObject({ reason: 'TOKEN_INVALID' })
    }
    expect(requests).toBe(2)
  })

  it('stay in use while accounts is away, however long', async () => {
    const authenticate = open()
    await authenticate(await bearer(first))
    answer = away
    for (let hour = 0; hour < 5; hour++) {
      nowMs += 3_600_000
      expect(await authenticate(await bearer(first))).toEqual(STAFF)
    }
  })

  it.each<[string, RequestListener]>([
    ['is away', (_, response) => response.socket?.destroy()],
    ['answers with an error', (_, response) => response.writeHead(500).end('{"keys":[]}')],
    ['answers with HTML', (_, response) => response.end('<html>')],
    ['answers with another JSON', (_, response) => response.end('{"data":null}')],
    ['answers with no keys', (_, response) => response.end('{"keys":[]}')],
    ['answers with what is no key', (_, response) => response.end('{"keys":[7]}')],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ])('that could never be fetched are no reason to sign anybody out: accounts %s', async (_, trouble) => {
    const authenticate = open()
    answer = trouble
    const http = { status: 503, headers: new HeaderMap([['retry-after', '5']]) }
    const unavailable = { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'accounts', retryAfter: 5, http }
    expect(await refusal(authenticate(await bearer(first)))).toEqual(unavailable)
    expect(await authenticate(undefined)).toEqual({ kind: 'anonymous' })
    answer = publish(first)
    nowMs += 1_000
    expect(await authenticate(await bearer(first))).toEqual(STAFF)
  })
})
