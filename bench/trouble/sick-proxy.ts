import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export const SICKNESSES = ['hung', 'slow', 'refusing', 'garbage', '10 MB'] as const
export type Sickness = (typeof SICKNESSES)[number]

/** A way to a server that can be made sick, and well again. */
export interface SickProxy {
  readonly url: string
  be(sickness: Sickness | 'well'): void
  close(): Promise<void>
}

const SLOW_MS = 1_000
const LONG_BODY = 'x'.repeat(10_000_000)

/** What a server says that has lost its mind; one that hangs says nothing. */
const ANSWERS: Readonly<Partial<Record<Sickness, (response: ServerResponse) => void>>> = {
  hung: () => undefined,
  garbage: (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('0 {"data":{"viewer":'),
  '10 MB': (response) => response.writeHead(200, { 'content-type': 'application/json' }).end(LONG_BODY),
}

export async function startSickProxy(target: string): Promise<SickProxy> {
  const { hostname, port, pathname } = new URL(target)
  const sockets = new Set<Socket>()
  let state: Sickness | 'well' = 'well'
  const mad = createHttpServer((request, response) => {
    request.resume().on('end', () => state !== 'well' && ANSWERS[state]?.(response))
  })
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((inner) => {
    keep(inner)
    if (state === 'refusing') return inner.resetAndDestroy()
    if (state !== 'well' && state !== 'slow') return mad.emit('connection', inner)
    const outer = connect(Number(port), hostname)
    keep(outer)
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
    inner.pipe(outer)
    const delayMs = state === 'slow' ? SLOW_MS : 0
    outer.on('data', (chunk) => {
      if (delayMs === 0) inner.write(chunk)
      else setTimeout(() => inner.writable && inner.write(chunk), delayMs)
    })
    return outer
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    be(sickness) {
      state = sickness
      // Connections that are kept are of the time before.
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      mad.close()
    },
  }
}
