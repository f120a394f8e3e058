import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../logger.ts'
import { createHttpServer, drainHttpServer } from './http-server.ts'
import { listenWidely } from './listen.ts'

const CLIENTS = 100

describe.runIf(process.platform === 'linux')('a server at whose door many stand at once', () => {
  let http: FastifyInstance
  let port: number
  let letGo: () => void

  beforeEach(async () => {
    http = createHttpServer({ logger: silentLogger, newId: () => 'a-new-id' })
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    http.get('/held', async () => {
      await held
      return { done: true }
    })
    await listenWidely(http, { host: '127.0.0.1', port: 0 })
    port = (http.server.address() as AddressInfo).port
  })
  afterEach(() => {
    letGo()
    return http.close()
  })

  async function come(): Promise<Socket[]> {
    const sockets = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'))
    await Promise.all(sockets.map((socket) => once(socket, 'connect')))
    return sockets
  }

  it('takes several in one turn of its event loop', async () => {
    const taken: number[] = []
    let turn = 0
    http.server.on('connection', () => taken.push(turn))
    const coming = come()
    for (; taken.length < CLIENTS; turn++) await nextTurn()
    for (const socket of await coming) socket.destroy()
    const mostInOneTurn = Math.max(...Array.from({ length: turn }, (_, at) => taken.filter((one) => one === at).length))
    expect(mostInOneTurn).toBeGreaterThan(1)
  })

  it('leaves a port alone that another has', async () => {
    const other = createHttpServer({ logger: silentLogger, newId: () => 'a-new-id' })
    await expect(listenWidely(other, { host: '127.0.0.1', port })).rejects.toThrow(/EADDRINUSE/)
    await other.close()
  })

  it('finishes what is in flight, by whichever listener it came, before it has closed', async () => {
    const sockets = await come()
    const answers = sockets.map(async (socket) => {
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      await once(socket, 'close')
      return answer
    })
    let arrived = 0
    http.server.on('request', () => arrived++)
    for (const socket of sockets) socket.write('GET /held HTTP/1.1\r\nHost: x\r\n\r\n')
    await expect.poll(() => arrived).toBe(CLIENTS)
    let isClosed = false
    const drained = drainHttpServer(http).then(() => {
      isClosed = true
    })
    await expect.poll(() => http.server.listening).toBe(false)
    expect(isClosed).toBe(false)
    letGo()
    await drained
    for (const answer of await Promise.all(answers)) expect(answer).toContain('{"done":true}')
  })
})
