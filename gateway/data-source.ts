import type { GraphQLDataSource } from '@apollo/gateway'
import type { Viewer } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import { type ResultError, type SubgraphResult, withoutFailedRoots } from './errors/root-errors.ts'
import { unavailableErrors } from './errors/unavailable.ts'
import type { ResponseCheck } from './response-shape/response-shape.ts'
import type { Transport } from './transport/transport.ts'

/** What Apollo Server hands from the HTTP request to every fetch. */
export interface GatewayContext {
  readonly viewer: Viewer
  readonly logger: Logger
  /** When the client is to have its answer, by `performance.now()`. */
  readonly answerByMs: number
}

export interface DataSourceOptions {
  readonly subgraph: string
  readonly transport: Transport
  readonly timeoutMs: number
  /** By the supergraph that is in force when an answer comes. */
  readonly checkResponse: ResponseCheck
}

/** What a fetch gets though others have used up the time of its request: enough for one that is well. */
const TIMEOUT_MIN_MS = 100

type Response = Awaited<ReturnType<GraphQLDataSource<GatewayContext>['process']>>

/**
 * A subgraph as the plan's executor sees it. One that is dead, slow or answers nonsense costs its own fields: they
 * come as null, each with an error that says which part is away and when to try again.
 */
export function createDataSource(options: DataSourceOptions): GraphQLDataSource<GatewayContext> {
  const { subgraph, transport, timeoutMs, checkResponse } = options
  return {
    async process(fetch) {
      const { viewer, logger, answerByMs } = fetch.context as GatewayContext
      const { query = '', operationName, variables = {} } = fetch.request
      const leftMs = Math.max(TIMEOUT_MIN_MS, Math.ceil(answerByMs - performance.now()))
      const signal = AbortSignal.timeout(Math.min(timeoutMs, leftMs))
      try {
        const result = await transport.send({ query, operationName, variables, viewer, signal })
        const trouble = checkResponse({ query, variables }, result)
        if (trouble !== null) throw new Error(`the answer${trouble}`)
        return toResponse(subgraph, withoutFailedRoots(query, result))
      } catch (error) {
        logger.warn({ err: error, subgraph }, 'a subgraph did not answer; its fields are null')
        return { data: null, errors: unavailableErrors(subgraph, fetch.request) } as unknown as Response
      }
    },
  }
}

function toResponse(subgraph: string, { data, errors }: SubgraphResult): Response {
  return { data, ...(errors && { errors: errors.map((error) => cleanError(subgraph, error)) }) } as Response
}

/** Only what we know of: Apollo Server would take HTTP statuses and headers out of an error's extensions. */
function cleanError(subgraph: string, { message, path, extensions }: ResultError): object {
  const { code, reason, retryAfter } = extensions ?? {}
  const isAway = code === 'SUBGRAPH_UNAVAILABLE'
  return { message, path: path ?? undefined, extensions: { code, reason, retryAfter, ...(isAway && { subgraph }) } }
}
