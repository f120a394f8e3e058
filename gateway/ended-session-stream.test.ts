import type { AddressInfo } from 'node:net'
import fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createEndedSessions, type EndedSessions } from '../platform/identity/ended-sessions.ts'
import { signInternalToken } from '../platform/identity/internal-token.ts'
import { findKeyAmong, generatePrivateKey, publicKeys, type SigningKey, signingKey } from '../platform/identity/keys.ts'
import { silentLogger } from '../platform/logger.ts'
import { serveEndedSessions } from '../platform/subgraph/serve-ended-sessions.ts'
import { hearEndedSessions } from './ended-session-stream.ts'

const PATIENCE = { timeout: 10_000, interval: 5 }
const UNTIL_MS = systemClock.now().getTime() + 900_000

describe('ended sessions on their way to gateways', () => {
  let signer: SigningKey
  let stranger: SigningKey
  let findKey: ReturnType<typeof findKeyAmong>
  const closings: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    const gateway = { keys: [await generatePrivateKey('gateway.1')] }
    const products = { keys: [await generatePrivateKey('products.1')] }
    signer = await signingKey(gateway)
    stranger = await signingKey(products)
    findKey = findKeyAmong(publicKeys({ keys: [...gateway.keys, ...products.keys] }))
  })
  afterEach(async () => {
    for (const close of closings.splice(0).reverse()) await close()
  })

  /** Accounts, as far as gateways hear it. */
  function openFeed() {
    const known = createEndedSessions(systemClock)
    const listeners = new Set<(ended: { sessionId: string; untilMs: number }[]) => void>()
    return {
      end(...ids: string[]) {
        const ended = ids.map((sessionId) => ({ sessionId, untilMs: UNTIL_MS }))
        known.add(ended)
        for (const listener of listeners) listener(ended)
      },
      listeners,
      subscribe(listener: (ended: { sessionId: string; untilMs: number }[]) => void) {
        listeners.add(listener)
        listener(known.list())
        return () => listeners.delete(listener)
      },
    }
  }
  async function serve(
    feed: ReturnType<typeof openFeed>,
    { port = 0, heartbeatMs = 50 } = {},
  ): Promise<FastifyInstance> {
    const http = fastify({ forceCloseConnections: 'idle' })
    serveEndedSessions(http, { feed, findKey, clock: systemClock, heartbeatMs })
    await http.listen({ port, host: '127.0.0.1' })
    closings.push(() => http.close())
    return http
  }
  const urlOf = (http: FastifyInstance) => `http://127.0.0.1:${(http.server.address() as AddressInfo).port}/graphql`
  function hear(accountsUrl: string, silenceMs = 5_000): EndedSessions {
    const endedSessions = createEndedSessions(systemClock)
    const options = { accountsUrl, endedSessions, signer, clock: systemClock, logger: silentLogger, silenceMs }
    closings.push(() => hearing.close())
    const hearing = hearEndedSessions(options)
    return endedSessions
  }
  const until = (check: () => boolean) => vi.waitFor(() => expect(check()).toBe(true), PATIENCE)

  it('come to each gateway: first all that matter, then each as it ends', async () => {
    const feed = openFeed()
    feed.end('before')
    const url = urlOf(await serve(feed))
    const gateways = [hear(url), hear(url)]
    await until(() => gateways.every((gateway) => gateway.has('before')))
    feed.end('after')
    await until(() => gateways.every((gateway) => gateway.has('after')))
    expect(gateways.some((gateway) => gateway.has('another'))).toBe(false)
  })

  it('come by the thousand', async () => {
    const feed = openFeed()
    feed.end(...Array.from({ length: 2_500 }, (_, index) => `session ${index}`))
    const gateway = hear(urlOf(await serve(feed)))
    await until(() => gateway.list().length === 2_500)
  })

  it('come after accounts was away, those that were missed too, and the process that stops is not held', async () => {
    const feed = openFeed()
    const http = await serve(feed)
    const url = urlOf(http)
    const gateway = hear(url)
    await until(() => feed.listeners.size === 1)
    await http.close()
    expect(feed.listeners.size).toBe(0)
    feed.end('missed')
    await serve(feed, { port: Number(new URL(url).port) })
    await until(() => gateway.has('missed'))
  })

  it('come over a new connection when the old one says nothing', async () => {
    const feed = openFeed()
    const gateway = hear(urlOf(await serve(feed, { heartbeatMs: 60_000 })), 1_000)
    await until(() => feed.listeners.size === 1)
    const [deaf] = feed.listeners
    feed.listeners.clear()
    feed.end('unheard')
    await until(() => gateway.has('unheard'))
    expect(feed.listeners.has(deaf as never)).toBe(false)
  })

  it('are told to nobody but gateways', async () => {
    const feed = openFeed()
    const http = await serve(feed)
    const internal = (key: SigningKey, audience = 'accounts') =>
      signInternalToken(
        key === signer
          ? { issuer: 'gateway', principal: { kind: 'anonymous' }, language: 'ru' }
          : { issuer: 'products', principal: { kind: 'service', name: 'products' }, language: 'ru' },
        audience,
        key,
        systemClock,
      )
    for (const token of [await internal(stranger), await internal(signer, 'payments'), 'no token', '']) {
      const { statusCode } = await http.inject({ url: '/revocations', headers: { authorization: `Bearer ${token}` } })
      expect(statusCode).toBe(401)
    }
    expect((await http.inject('/revocations')).statusCode).toBe(401)
    expect(feed.listeners.size).toBe(0)
  })
})

describe('what is remembered of ended sessions', () => {
  it('is forgotten when their tokens have ended, and bounded', () => {
    let nowMs = 0
    const ended = createEndedSessions({ now: () => new Date(nowMs) }, 3)
    ended.add([{ sessionId: 'a', untilMs: 60_000 }])
    expect(ended.has('a')).toBe(true)
    nowMs = 60_000
    ended.add([
      { sessionId: 'over', untilMs: 60_000 },
      ...['b', 'c', 'd', 'e'].map((sessionId) => ({ sessionId, untilMs: 120_000 })),
    ])
    expect(ended.list().map(({ sessionId }) => sessionId)).toEqual(['c', 'd', 'e'])
  })
})
