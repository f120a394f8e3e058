import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway'
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import type { DocumentNode } from 'graphql'
import { disableApolloTelemetry } from '../../platform/environment.ts'
import type { Logger } from '../../platform/logger.ts'
import type { OperationResult } from './projection/answer.ts'

export interface FallbackDependencies<Context> {
  readonly supergraphSdl: string
  readonly createDataSource: (subgraph: string) => GraphQLDataSource<Context & Record<string, unknown>>
  readonly logger: Logger
}

/** An operation as it came. */
export interface FallbackRequest<Context> {
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: Context
}

/** Apollo's own executor, for plans that the engine does not run. It starts when the first such plan comes. */
export interface Fallback<Context> {
  /** How many operations it has run. */
  readonly count: number
  run(request: FallbackRequest<Context>, reason: string): Promise<OperationResult>
  stop(): Promise<void>
}

export function createFallback<Context>(dependencies: FallbackDependencies<Context>): Fallback<Context> {
  const { logger } = dependencies
  let count = 0
  let starting: Promise<Started> | undefined
  return {
    get count() {
      return count
    },
    async run(request, reason) {
      count++
      logger.warn({ reason, count, operationName: request.operationName }, 'Apollo’s executor runs an operation')
      starting ??= start(dependencies)
      const { executor } = await starting
      return (await executor(toRequestContext(request, logger))) as OperationResult
    },
    async stop() {
      await (await starting)?.gateway.stop()
    },
  }
}

interface Started {
  readonly gateway: ApolloGateway
  readonly executor: GatewayExecutor
}

async function start<Context>({ supergraphSdl, createDataSource, logger }: FallbackDependencies<Context>) {
  disableApolloTelemetry()
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger,
    buildService: ({ name }) => createDataSource(name) as GraphQLDataSource,
  })
  const { executor } = await gateway.load()
  return { gateway, executor }
}

/** What the executor reads of a request. */
function toRequestContext<Context>(
  { document, operationName, variables, context }: FallbackRequest<Context>,
  logger: Logger,
): GatewayGraphQLRequestContext {
  const { body = '' } = document.loc?.source ?? {}
  return {
    request: { query: body, variables, ...(operationName !== undefined && { operationName }) },
    document,
    // It keeps plans by this.
    queryHash: body,
    operationName: operationName ?? null,
    context,
    logger,
    metrics: {},
  } as unknown as GatewayGraphQLRequestContext
}
