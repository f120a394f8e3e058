import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js'
import { type ExecutionResult, type GraphQLSchema, parse } from 'graphql'
import { enforceAccess } from '../access/enforce.ts'
import type { DomainEvent } from '../events/event.ts'
import type { Viewer } from '../identity/viewer.ts'
import { mapIterator } from '../iterators.ts'
import type { Logger } from '../logger.ts'
import { scalars } from '../scalars.ts'
import type { CacheCounts } from '../sight/cache-counts.ts'
import { inSpan } from '../sight/tracing.ts'
import { maskErrors } from './mask-errors.ts'
import type { SubgraphName } from './name.ts'
import { createOperationCache } from './operation-cache.ts'
import { subgraphSdl } from './sdl.ts'
import { createSubscriptions } from './subscriptions.ts'

/** One operation for a subgraph. */
export interface SubgraphRequest {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/** A part of the graph, wherever it runs: in this process or behind HTTP. */
export interface Subgraph {
  readonly name: SubgraphName
  readonly schema: GraphQLSchema
  execute(request: SubgraphRequest, viewer: Viewer): Promise<ExecutionResult>
  /** Begins a subscription; what is wrong with it comes as its only result. */
  subscribe(request: SubgraphRequest, viewer: Viewer): Promise<AsyncIterableIterator<ExecutionResult>>
  /** Takes an event of another subgraph, once for its effect however often it is delivered. */
  receive(event: DomainEvent): Promise<void>
  /** How the cache of compiled operations does. */
  operationCounts(): CacheCounts
  /** Whether its database answers; throws when it does not. */
  checkReady(): Promise<void>
  /** Stops its own work (relays, jobs) and closes its connections. */
  close(): Promise<void>
}

export interface SubgraphDefinition {
  readonly name: SubgraphName
  /** By type and field; each subgraph checks them against its generated types. */
  readonly resolvers: object
  /** What resolvers work with beside the viewer: loaders and actions, the same for all requests. */
  readonly services: object
  readonly receive?: (event: DomainEvent) => Promise<void>
  readonly checkReady: () => Promise<void>
  readonly close: () => Promise<void>
  readonly logger: Logger
}

/** Builds a subgraph from its SDL and resolvers, with the policies of the schema put before every resolver. */
export function createSubgraph(definition: SubgraphDefinition): Subgraph {
  const { name, logger, services, receive = async () => undefined } = definition
  const schema = enforceAccess(
    buildSubgraphSchema({
      typeDefs: parse(subgraphSdl(name)),
      resolvers: { ...scalars, ...definition.resolvers } as GraphQLResolverMap<unknown>,
    }),
  )
  const operations = createOperationCache(schema)
  const spanName = `subgraph ${name}`
  const subscribe = createSubscriptions(name, schema)

  return {
    name,
    schema,
    async execute({ query, operationName, variables = {} }, viewer) {
      const operation = operations.find(query, operationName)
      if (operation.kind === 'invalid') return { errors: operation.errors }
      const result = await inSpan(spanName, {}, () => operation.run({ ...services, viewer }, variables))
      return result.errors ? maskErrors(result, logger.child({ requestId: viewer.requestId })) : result
    },
    async subscribe(request, viewer) {
      const log = logger.child({ requestId: viewer.requestId })
      const results = await inSpan(spanName, {}, () => subscribe(request, { ...services, viewer }))
      return mapIterator(results, (result) => maskErrors(result, log))
    },
    operationCounts: operations.counts,
    receive: (event) => inSpan(`receive ${event.kind}`, {}, () => receive(event)),
    checkReady: definition.checkReady,
    close: definition.close,
  }
}
