import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway'
import type { ExecutionResult } from 'graphql'
import type { Viewer } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import { withTimeout } from '../platform/with-timeout.ts'
import { unavailableErrors } from './errors/unavailable.ts'
import type { Transport } from './transport/transport.ts'

/** What Apollo Server hands from the HTTP request to every fetch. */
export interface GatewayContext {
  readonly viewer: Viewer
  readonly logger: Logger
}

export interface DataSourceOptions {
  readonly subgraph: string
  readonly transport: Transport
  readonly timeoutMs: number
}

type Response = Awaited<ReturnType<GraphQLDataSource<GatewayContext>['process']>>

/**
 * A subgraph as the plan's executor sees it. One that is dead, slow or answers nonsense costs its own fields: they
 * come as null, each with an error that says which part is away and when to try again.
 */
export function createDataSource(options: DataSourceOptions): GraphQLDataSource<GatewayContext> {
  const { subgraph, transport, timeoutMs } = options
  return {
    async process(fetch) {
      const { viewer, logger } = fetch.context as GatewayContext
      try {
        const sent = transport.send({
          query: fetch.request.query ?? '',
          operationName: fetch.request.operationName,
          variables: fetch.request.variables ?? {},
          viewer,
        })
        const result = await withTimeout(sent, timeoutMs)
        assertEntities(fetch, result)
        return result as Response
      } catch (error) {
        logger.warn({ err: error, subgraph }, 'a subgraph did not answer; its fields are null')
        return { data: null, errors: unavailableErrors(subgraph, fetch.request) } as unknown as Response
      }
    },
  }
}

/** As many entities as were asked for, or the answer is to another question. */
function assertEntities(fetch: GraphQLDataSourceProcessOptions, { data }: ExecutionResult): void {
  const representations = fetch.request.variables?.['representations']
  if (!Array.isArray(representations) || !data) return
  const entities = data['_entities']
  if (Array.isArray(entities) && entities.length === representations.length) return
  throw new Error(`the answer does not hold ${representations.length} entities`)
}
