import { connect, type Socket } from 'node:net'

/** A connection that is kept open and carries one request at a time. */
export interface Connection {
  /** Sends a whole request, whose answer should name `mark`. Rejects when the server hangs up. */
  ask(request: Buffer, mark: Buffer): Promise<Answer>
  close(): void
}

export interface Answer {
  readonly status: number
  readonly hasErrors: boolean
  readonly hasMark: boolean
  readonly bytes: number
  /** Of the header `Retry-After`; 0 without one. */
  readonly retryAfterSeconds: number
}

const HEADER_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const ERRORS = Buffer.from('"errors"')

/** A client of as few steps as will do, so that the load leaves the processor to what is measured. */
export async function openConnection(port: number): Promise<Connection> {
  const socket = await connected(port)
  let received: Buffer = Buffer.alloc(0)
  let mark: Buffer = Buffer.alloc(0)
  let waiting: PromiseWithResolvers<Answer> | undefined
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = readAnswer(received, mark)
    if (!answer) return
    received = Buffer.alloc(0)
    waiting?.resolve(answer)
  })
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () => waiting?.reject(new Error(`the server on port ${port} closed the connection`)))
  return {
    ask(request, expectedMark) {
      mark = expectedMark
      waiting = Promise.withResolvers<Answer>()
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return socket
}

/** Null while a part of it is still to come. */
function readAnswer(received: Buffer, mark: Buffer): Answer | null {
  const headerEnd = received.indexOf(HEADER_END)
  if (headerEnd === -1) return null
  const header = received.toString('latin1', 0, headerEnd)
  const bodyStart = headerEnd + HEADER_END.length
  const length = /content-length: *(\d+)/i.exec(header)?.[1]
  const isWhole =
    length === undefined
      ? received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
      : received.length >= bodyStart + Number(length)
  if (!isWhole) return null
  return {
    status: Number(header.slice(9, 12)),
    hasErrors: received.indexOf(ERRORS, bodyStart) !== -1,
    hasMark: received.indexOf(mark, bodyStart) !== -1,
    bytes: received.length - bodyStart,
    retryAfterSeconds: Number(/^retry-after: *(\d+)/im.exec(header)?.[1] ?? 0),
  }
}
