import type { FastifyRequest } from 'fastify'
import { CloseCode } from 'graphql-ws'
import type { WebSocket } from 'ws'
import { invariant } from '../../platform/invariant.ts'
import type { EndReason } from './registry.ts'
import { onExpiry, refusalOf, type StreamSession } from './session.ts'
import type { StreamAnswers, StreamRequest, Streams } from './streams.ts'
import type { ReadSubscription } from './subscription-reader.ts'

/** Service restart and its like: every client comes again by itself. */
const GOING_AWAY = 1001
const TRY_AGAIN_LATER = 1013

/** One WebSocket, and whose it is. */
export interface SocketSession {
  /** Takes the words of `connection_init`; false when the socket was closed for them. */
  signIn(streams: Streams, params: Readonly<Record<string, unknown>> | undefined): Promise<boolean>
  read(streams: Streams, request: StreamRequest): ReadSubscription
  open(streams: Streams, request: StreamRequest): Promise<StreamAnswers>
  /** The socket has closed. */
  leave(): void
}

export function createSocketSession(socket: WebSocket, request: FastifyRequest, onKnown: () => void): SocketSession {
  // Of the request only this is kept: a socket lives long.
  const asked = { ip: request.ip, headers: request.headers }
  let session: StreamSession | undefined
  let leave = (): void => undefined

  return {
    async signIn(streams, params) {
      try {
        session = await streams.authenticate(asked, params)
      } catch (error) {
        socket.close(...closingFor(error))
        return false
      }
      onKnown()
      if (socket.readyState !== socket.OPEN) return false
      const end = (reason: EndReason) => socket.close(reason === 'STOPPING' ? GOING_AWAY : CloseCode.Forbidden, reason)
      const leaveRegistry = streams.sockets.enter({ principal: session.principal, end })
      if (!leaveRegistry) {
        socket.close(CloseCode.TooManyInitialisationRequests, 'TOO_MANY_STREAMS')
        return false
      }
      const cancelExpiry = onExpiry(session, streams.clock, () => end('TOKEN_EXPIRED'))
      leave = () => {
        cancelExpiry()
        leaveRegistry()
      }
      return true
    },
    read(streams, operation) {
      invariant(session, SIGNED_IN)
      return streams.read(operation, session)
    },
    async open(streams, operation) {
      invariant(session, SIGNED_IN)
      // The socket is ended as a whole, and its streams with it.
      return streams.open(operation, session, () => undefined)
    },
    leave: () => leave(),
  }
}

const SIGNED_IN = 'a socket opens streams after it has signed in'

/**
 * Why a socket is closed again. A client library comes again by itself after 1013 and 4403, with whatever token it then
 * has; 4401 it takes for the last word.
 */
function closingFor(error: unknown): [code: number, reason: string] {
  const refusal = refusalOf(error)
  if (refusal?.code === 'UNAUTHENTICATED') {
    const { reason } = refusal
    return [reason === 'TOKEN_EXPIRED' ? CloseCode.Forbidden : CloseCode.Unauthorized, reason]
  }
  return [TRY_AGAIN_LATER, refusal?.code ?? 'INTERNAL_SERVER_ERROR']
}
