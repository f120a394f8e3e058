import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openConnection } from './connection.ts'

const REQUEST = Buffer.from('POST /graphql HTTP/1.1\r\n\r\n')
const MARK = Buffer.from('0190')

describe('a connection of the load', () => {
  let server: Server | undefined

  afterEach(() => {
    server?.close()
  })

  async function portAnswering(...parts: readonly string[]): Promise<number> {
    server = createServer((socket) => {
      socket.on('data', async () => {
        for (const part of parts) {
          socket.write(part)
          await sleep(5)
        }
      })
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  async function askOnce(...parts: readonly string[]) {
    const connection = await openConnection(await portAnswering(...parts))
    try {
      return await connection.ask(REQUEST, MARK)
    } finally {
      connection.close()
    }
  }

  it('waits for the whole of a body whose length is told', async () => {
    const answer = await askOnce('HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 12\r\n\r\n{"id":', '"0190"')
    expect(answer).toEqual({ status: 200, hasErrors: false, hasMark: true, bytes: 12, retryAfterSeconds: 0 })
  })

  it('waits for the last chunk of a body that comes in chunks', async () => {
    const answer = await askOnce('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\n"0190"\r\n', '0\r\n\r\n')
    expect(answer).toMatchObject({ status: 200, hasMark: true })
  })

  it('sees an answer with errors, one that is not the viewer’s, and when to come back', async () => {
    const answer = await askOnce('HTTP/1.1 503 Oh\r\nRetry-After: 4\r\ncontent-length: 13\r\n\r\n{"errors":[]}')
    expect(answer).toEqual({ status: 503, hasErrors: true, hasMark: false, bytes: 13, retryAfterSeconds: 4 })
  })

  it('asks again on the same connection', async () => {
    const port = await portAnswering('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n0190')
    const connection = await openConnection(port)
    await connection.ask(REQUEST, MARK)
    expect(await connection.ask(REQUEST, MARK)).toMatchObject({ status: 200, hasMark: true })
    connection.close()
  })
})
