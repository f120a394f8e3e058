import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLError, GraphQLFormattedError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type ServerOptions } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Logger } from '../../platform/logger.ts'
import { formatError } from '../errors/format.ts'
import { createSocketSession, type SocketSession } from './socket-session.ts'
import type { Streams } from './streams.ts'
import { routeUpgrades } from './upgrades.ts'

/** No subscription is longer. */
const MESSAGE_BYTES_MAX = 64 * 1024
/** A client that does not answer for so long, or does not read, has gone. */
const HEARTBEAT_MS = 12_000
/** Who has not said by then who they are, goes. */
const INIT_WITHIN_MS = 3_000
/** Sockets of which it is not known yet whose they are. */
const STRANGERS_MAX = 2_000
/** What may wait to be sent over one socket: its streams wait for their turn, so only answers to its pings pile up. */
const BUFFERED_BYTES_MAX = 1024 * 1024
/** What fits into a close frame beside the code: what is longer throws. */
const REASON_BYTES_MAX = 123
/** How long a client is waited for to say goodbye as well. */
const CLOSE_WITHIN_MS = 1_000

/** The way for WebSockets, by the protocol `graphql-transport-ws`. */
export interface WebSockets {
  /** Whether a request asks to become a WebSocket. */
  isUpgrade(request: FastifyRequest): boolean
  /** Makes a request a WebSocket. */
  accept(request: FastifyRequest, reply: FastifyReply): void
  /** Takes no more, and sees the others off. */
  close(): void
}

export function createWebSockets(http: FastifyInstance, streams: Streams): WebSockets {
  const upgrades = routeUpgrades(http)
  const server = makeServer(serverOptions(streams))
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX, handleProtocols })
  const strangers = new Set<SocketSession>()
  let isClosed = false
  const beat = setInterval(() => beatAll(sockets), HEARTBEAT_MS)
  beat.unref()

  function begin(socket: WebSocket, request: FastifyRequest): void {
    const session = createSocketSession(socket, request, () => strangers.delete(session))
    strangers.add(session)
    socket.on('error', (error) => streams.logger.debug({ err: error }, 'a WebSocket broke'))
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) => send(socket, data),
        close: (code, reason = '') => socket.close(code, shortened(reason)),
        onMessage(take) {
          socket.on('message', (data) => {
            take(String(data)).catch((error: unknown) => {
              streams.logger.error({ err: error }, 'a message of a WebSocket failed')
              socket.close(CloseCode.InternalServerError, 'Internal server error')
            })
          })
        },
      },
      session,
    )
    socket.once('close', (code, reason) => {
      strangers.delete(session)
      session.leave()
      void closed(code, String(reason))
    })
  }

  return {
    isUpgrade: ({ raw }) => upgrades.has(raw),
    accept(request, reply) {
      const upgrade = upgrades.get(request.raw)
      if (!upgrade || strangers.size >= STRANGERS_MAX || isClosed) {
        void reply.status(503).header('retry-after', '1').send()
        return
      }
      reply.hijack()
      upgrade.response.detachSocket(request.raw.socket)
      sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (socket) => begin(socket, request))
    },
    close() {
      isClosed = true
      clearInterval(beat)
      for (const socket of sockets.clients) {
        socket.close(1001, 'STOPPING')
        setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref()
      }
    },
  }
}

/** Resolves when the message has left for the network, so that a stream is no faster than its reader. */
function send(socket: WebSocket, data: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    if (socket.bufferedAmount > BUFFERED_BYTES_MAX) socket.terminate()
    // Whatever went wrong, the socket's end tells.
    socket.send(data, () => resolve())
  })
}

/** A reason may hold the client's own words. It ends with a whole character, which may take several bytes. */
function shortened(reason: string): string {
  return reason.slice(0, new TextEncoder().encodeInto(reason, new Uint8Array(REASON_BYTES_MAX)).read)
}

/** Refusals as all clients get them; what broke is logged, and its words are not told. */
function shown(error: GraphQLError, logger: Logger): GraphQLFormattedError {
  if (error.originalError) logger.error({ err: error.originalError }, 'a stream failed')
  return formatError(error.toJSON())
}

const beating = new WeakSet<WebSocket>()

/** A pong comes only from a client that lives and has read all that was sent before. */
function beatAll({ clients }: WebSocketServer): void {
  for (const socket of clients) {
    if (beating.has(socket)) {
      socket.terminate()
      continue
    }
    beating.add(socket)
    socket.once('pong', () => beating.delete(socket))
    socket.ping()
  }
}

function serverOptions(streams: Streams): ServerOptions<Record<string, unknown>, SocketSession> {
  return {
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    onConnect: ({ extra, connectionParams }) => extra.signIn(streams, connectionParams),
    onSubscribe({ extra }, _, request) {
      const read = extra.read(streams, request)
      if (read.kind === 'refused') return read.errors
      const { schema, document } = read
      return {
        schema,
        document,
        operationName: request.operationName || undefined,
        contextValue: () => extra.open(streams, request),
      }
    },
    // What the operation is run by is in its context: nothing of it is run here.
    subscribe: ({ contextValue }) => (contextValue as () => Promise<AsyncIterable<never>>)(),
    onError: (_, __, ___, errors) => errors.map((error) => shown(error, streams.logger)),
    // The answers are ready to be sent as they are.
    onNext: (...[, , , , answer]) => answer as never,
  }
}
