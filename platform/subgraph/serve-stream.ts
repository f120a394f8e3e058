import type { FastifyInstance } from 'fastify'
import type { ExecutionResult } from 'graphql'
import { viewerOf } from '../identity/internal-token.ts'
import type { Logger } from '../logger.ts'
import { createStreamWriter } from '../serving/stream-writer.ts'
import { underTraceparent } from '../sight/tracing.ts'
import type { Identify } from './serve-batch.ts'
import { END_LINE, encodeResult, HEARTBEAT_LINE, STREAM_HEARTBEAT_MS } from './stream-protocol.ts'
import type { Subgraph, SubgraphRequest } from './subgraph.ts'

export interface StreamServices {
  readonly subgraph: Subgraph
  readonly identify: Identify
  readonly logger: Logger
  /** Reads a request; null for a body that is none. */
  readonly readRequest: (body: unknown) => SubgraphRequest | null
}

/**
 * Takes subscriptions from the gateway: a request and a response each, whose results leave line by line, as fast as the
 * gateway reads them. A process that stops breaks its streams off, and the gateway's clients take them up elsewhere.
 */
export function serveStream(http: FastifyInstance, { subgraph, identify, logger, readRequest }: StreamServices): void {
  const open = new Set<() => void>()
  http.addHook('preClose', async () => {
    for (const breakOff of open) breakOff()
  })
  http.post('/graphql/stream', async (request, reply) => {
    const identity = await identify(request.headers.authorization?.replace(/^Bearer /, ''))
    if (identity?.issuer !== 'gateway') return reply.status(401).send(UNAUTHENTICATED)
    const operation = readRequest(request.body)
    if (!operation) return reply.status(400).send(BAD_REQUEST)
    const results = await underTraceparent(request.headers['traceparent'], () =>
      subgraph.subscribe(operation, viewerOf(identity, request.id)),
    )
    reply.hijack()
    const response = reply.raw
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const breakOff = () => void response.destroy()
    open.add(breakOff)
    const writer = createStreamWriter(response, {
      heartbeat: HEARTBEAT_LINE,
      heartbeatMs: STREAM_HEARTBEAT_MS,
      onClosed() {
        open.delete(breakOff)
        void results.return?.()
      },
    })
    try {
      await writer.write(HEARTBEAT_LINE)
      for await (const result of results as AsyncIterable<ExecutionResult>) await writer.write(encodeResult(result))
      writer.end(END_LINE)
    } catch (error) {
      logger.error({ err: error, requestId: request.id }, 'a stream failed')
      breakOff()
    }
  })
}

const UNAUTHENTICATED = {
  errors: [{ message: 'Only the gateway may call this.', extensions: { code: 'UNAUTHENTICATED' } }],
}
const BAD_REQUEST = { errors: [{ message: 'The body cannot be read.', extensions: { code: 'BAD_REQUEST' } }] }
