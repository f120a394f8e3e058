import type { FastifyInstance, RouteHandlerMethod } from 'fastify'
import { serveEventStream, wantsEventStream } from './event-stream.ts'
import { createStreams, type StreamsDependencies } from './streams.ts'
import { createWebSockets } from './web-sockets.ts'

/** What the front door has of streams. */
export interface GatewayStreams {
  /** A route's handler with the two ways for streams before it; all other requests pass through. */
  before(handler: RouteHandlerMethod): RouteHandlerMethod
  endStreamsOf(sessionId: string): void
}

/** Subscriptions at the address of the other operations: over WebSockets and as server-sent events. */
export function addStreams(http: FastifyInstance, dependencies: StreamsDependencies): GatewayStreams {
  const streams = createStreams(dependencies)
  const sockets = createWebSockets(http, streams)
  // Streams would hold the server open for as long as their clients like.
  http.addHook('preClose', async () => {
    streams.close()
    sockets.close()
  })
  return {
    before: (handler) =>
      function (request, reply) {
        if (sockets.isUpgrade(request)) return sockets.accept(request, reply)
        return wantsEventStream(request)
          ? serveEventStream(streams, request, reply)
          : handler.call(this, request, reply)
      },
    endStreamsOf: streams.endStreamsOf,
  }
}
