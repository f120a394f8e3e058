import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { type InternalIdentity, viewerOf } from '../identity/internal-token.ts'
import type { Logger } from '../logger.ts'
import { underTraceparent } from '../sight/tracing.ts'
import { decodeOperations, encodeAnswer, type WireOperation } from './batch-protocol.ts'
import type { Subgraph } from './subgraph.ts'

export interface BatchServices {
  readonly subgraph: Subgraph
  readonly identify: Identify
  readonly logger: Logger
}

export type Identify = (token: string | undefined) => Promise<InternalIdentity | null>

const BODY_BYTES_MAX = 8 * 1024 * 1024

const UNAUTHENTICATED = {
  errors: [{ message: 'Only the gateway may call this.', extensions: { code: 'UNAUTHENTICATED' } }],
}

/**
 * Takes the operations of many requests in one. Each is identified, run and answered on its own, in a line that leaves
 * when it is ready: a slow or failing one costs the others nothing.
 */
export function serveBatch(http: FastifyInstance, services: BatchServices): void {
  http.post('/graphql/batch', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const operations = decodeOperations(request.body)
    if (!operations) {
      return reply
        .status(400)
        .send({ errors: [{ message: 'The body is no batch.', extensions: { code: 'BAD_REQUEST' } }] })
    }
    reply.hijack()
    const startedAt = performance.now()
    const write = createGatheringWriter(reply.raw)
    await Promise.all(
      operations.map(async (operation, index) => {
        write(encodeAnswer(index, await answer(services, operation)))
        logAnswered(services.logger, operation, startedAt)
      }),
    )
    write.end()
  })
}

/** Never rejects: what breaks in one operation is told in its own line. */
async function answer({ subgraph, identify, logger }: BatchServices, operation: WireOperation): Promise<unknown> {
  try {
    const identity = await identify(operation.identity)
    if (identity?.issuer !== 'gateway') return UNAUTHENTICATED
    return await underTraceparent(operation.traceparent, () =>
      subgraph.execute(operation, viewerOf(identity, operation.requestId)),
    )
  } catch (error) {
    logger.error({ err: error, requestId: operation.requestId }, 'an operation of a batch failed')
    return { errors: [{ message: 'Something broke on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }
  }
}

/** A line for each operation, as it would have had it come alone: its request is found in the log by its id. */
function logAnswered(logger: Logger, { requestId }: WireOperation, startedAt: number): void {
  const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
  logger.info({ requestId, method: 'POST', route: '/graphql', status: 200, durationMs }, 'answered')
}

interface GatheringWriter {
  (line: string): void
  end(): void
}

/** Writes what one turn of the event loop brings in one piece: most of a batch is ready together. */
function createGatheringWriter(response: ServerResponse): GatheringWriter {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' })
  let gathered = ''
  const flush = (): void => {
    if (gathered === '' || response.writableEnded) return
    response.write(gathered)
    gathered = ''
  }
  const write = (line: string): void => {
    if (gathered === '') setImmediate(flush)
    gathered += line
  }
  return Object.assign(write, {
    end() {
      response.end(gathered)
      gathered = ''
    },
  })
}
