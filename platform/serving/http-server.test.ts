import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { type Logger, silentLogger } from '../logger.ts'
import { createHttpServer, drainHttpServer } from './http-server.ts'

const DRAIN_DELAY_MS = 200
const NEVER_MS = 2 ** 31 - 1

describe('a serving process', () => {
  let http: FastifyInstance
  afterEach(() => http.close())
  const open = (checkReady?: () => Promise<void>) => {
    http = createHttpServer({ logger: silentLogger, newId: () => 'a-new-id', ...(checkReady && { checkReady }) })
    return http
  }
  const statusOf = async (url: string) => (await http.inject(url)).statusCode

  it('lives and is ready', async () => {
    open()
    expect(await statusOf('/health/live')).toBe(200)
    expect(await statusOf('/health/ready')).toBe(200)
  })

  it('lives but is not ready while what it needs is away', async () => {
    open(() => Promise.reject(new Error('no database')))
    expect(await statusOf('/health/live')).toBe(200)
    const { statusCode, body } = await http.inject('/health/ready')
    expect(statusCode).toBe(503)
    expect(body).toBe('{"status":"not ready"}')
  })

  it('is not ready when what it needs does not answer in time', async () => {
    open(() => new Promise(() => undefined))
    expect(await statusOf('/health/ready')).toBe(503)
  })

  it('says "not ready" while it drains, finishes what is in flight, and lets go of connections kept alive', async () => {
    open()
    http.get('/slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 3 * DRAIN_DELAY_MS))
      return { done: true }
    })
    await http.listen({ port: 0, host: '127.0.0.1' })
    const { port } = http.server.address() as AddressInfo
    const agent = new Agent({ keepAlive: true })
    const ask = (path: string) =>
      new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        get({ port, host: '127.0.0.1', path, agent }, (response) => {
          let body = ''
          response.on('data', (chunk) => {
            body += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode, body }))
        }).on('error', reject)
      })
    await ask('/health/live')
    const inFlight = ask('/slow')
    await new Promise((resolve) => setTimeout(resolve, 20))
    // Nobody is cut off in time: a connection that it holds would hold the test.
    const drained = drainHttpServer(http, DRAIN_DELAY_MS, NEVER_MS)
    expect((await ask('/health/ready')).status).toBe(503)
    expect((await ask('/health/live')).status).toBe(200)
    expect(await inFlight).toEqual({ status: 200, body: '{"done":true}' })
    await drained
    await expect(ask('/health/live')).rejects.toThrow(/ECONNREFUSED/)
    agent.destroy()
  })

  it('cuts off, in the end, a client that never sends all of its request', async () => {
    open()
    http.post('/slow', async () => ({ done: true }))
    await http.listen({ port: 0, host: '127.0.0.1' })
    const { port } = http.server.address() as AddressInfo
    const stranger = connect(port, '127.0.0.1')
    stranger.write('POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{')
    const closed = once(stranger, 'close')
    stranger.on('error', () => undefined)
    await once(http.server, 'request')
    await drainHttpServer(http, 0, 50)
    await closed
  })

  it('logs what broke, and tells whoever asked nothing of it', async () => {
    const errors: { err: Error; requestId: string }[] = []
    const logger = { ...silentLogger, error: (fields: (typeof errors)[0]) => errors.push(fields) }
    http = createHttpServer({ logger: logger as unknown as Logger, newId: () => 'a-new-id' })
    http.get('/broken', async () => Promise.reject(new Error('duplicate key value of table "secret"')))
    const { statusCode, body } = await http.inject('/broken')
    expect([statusCode, body]).toEqual([500, '{"error":"Internal Server Error"}'])
    expect(errors.map(({ err, requestId }) => [err.message, requestId])).toEqual([
      ['duplicate key value of table "secret"', 'a-new-id'],
    ])
  })

  it.each([
    ['keeps an id that can be one', 'req-12345678', 'req-12345678'],
    ['makes another when it is too short', 'short', 'a-new-id'],
    ['makes another when it would break a log line', 'x'.repeat(8).concat('\u0022}'), 'a-new-id'],
    ['makes another when it is too long', 'x'.repeat(65), 'a-new-id'],
  ])('names each request: %s', async (_, given, id) => {
    open()
    const { headers } = await http.inject({ url: '/health/live', headers: { 'x-request-id': given } })
    expect(headers['x-request-id']).toBe(id)
  })
})
