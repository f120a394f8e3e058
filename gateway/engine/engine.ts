import type { SupergraphManager } from '@apollo/gateway'
import { prettyFormatQueryPlan } from '@apollo/query-planner'
import type {
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface'
import type { DocumentNode, GraphQLSchema } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import type { CacheCounts } from '../../platform/sight/cache-counts.ts'
import { createRootKeys } from '../plan/root-keys.ts'
import { createFallback, type Fallback, type FallbackDependencies } from './fallback.ts'
import { withoutIntrospection } from './introspection.ts'
import { type CompiledOperation, compileOperation } from './operation.ts'
import { createOperationCache, type OperationCache, sizeOf } from './operation-cache.ts'
import type { EngineParts } from './parts.ts'
import type { PrepareFetch, PrepareStream } from './plan/step.ts'
import { type CompiledSubscription, compileSubscription } from './subscription.ts'
import { type LoadedSupergraph, loadSupergraph } from './supergraph.ts'

export interface EngineDependencies<Context> {
  readonly supergraph: SupergraphManager
  readonly logger: Logger
  /** Prepares the operations of plans for the subgraphs of a supergraph that was just loaded. */
  readonly prepareFor: (supergraph: LoadedSupergraph) => PrepareFetch<Context>
  /** Prepares the streams that subscriptions begin with. */
  readonly prepareStreamFor: (supergraph: LoadedSupergraph) => PrepareStream<Context>
  /** The same subgraphs as Apollo's executor sees them, which runs what the engine does not. */
  readonly dataSourcesFor: (supergraph: LoadedSupergraph) => FallbackDependencies<Context>['createDataSource']
  /** Parts of another make, for tests. */
  readonly parts?: Partial<EngineParts>
}

/** What Apollo Server takes for its gateway, and the way for subscriptions, which pass it by. */
export interface Engine<Context> extends GatewayInterface {
  /** What clients see, by the supergraph in force. */
  apiSchema(): GraphQLSchema
  /** How the cache of compiled operations does, over all supergraphs so far. */
  operationCounts(): CacheCounts
  /** The plan of a valid operation, for people to read. It is made for them alone. */
  describePlan(document: DocumentNode, operationName: string | undefined): string
  /** Plans and compiles a subscription that was found valid; not kept here. */
  subscription(document: DocumentNode, operationName: string | undefined): CompiledSubscription<Context>
}

/** A supergraph in force, and what was compiled for it. */
interface InForce<Context> {
  readonly supergraph: LoadedSupergraph
  readonly operations: OperationCache<Context>
  readonly fallback: Fallback<Context>
  readonly prepare: PrepareFetch<Context>
  readonly prepareStream: PrepareStream<Context>
  readonly adjustPlan: ReturnType<typeof createRootKeys>
}

/** Runs operations over a supergraph, as Apollo Server's gateway: Apollo's planner, an execution of our own. */
export function createEngine<Context>(dependencies: EngineDependencies<Context>): Engine<Context> {
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>()
  let inForce: InForce<Context> | undefined
  let cleanup: (() => Promise<void>) | undefined

  const take = (sdl: string): void => {
    // A supergraph that does not load throws here, before anything has changed.
    const before = inForce
    inForce = putInForce(sdl, dependencies)
    void before?.fallback.stop()
    const { apiSchema } = inForce.supergraph
    for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: sdl })
  }
  const loaded = (): InForce<Context> => {
    if (!inForce) throw new Error('The engine was asked before it has loaded a supergraph.')
    return inForce
  }
  const counts = { hits: 0, misses: 0 }
  const executor: GatewayExecutor = async (request) => {
    const operation = operationFor(request, loaded(), counts, dependencies.parts)
    return operation.run(request.request.variables ?? {}, request.context as Context)
  }

  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async load() {
      const initialized = await dependencies.supergraph.initialize({
        update: take,
        healthCheck: async () => undefined,
        getDataSource: () => {
          throw new Error('The engine has no data sources.')
        },
      })
      cleanup = initialized.cleanup
      take(initialized.supergraphSdl)
      return { executor }
    },
    operationCounts: () => ({ ...counts, size: inForce?.operations.size ?? 0 }),
    apiSchema: () => loaded().supergraph.apiSchema,
    describePlan: (document, operationName) => describePlan(loaded(), document, operationName),
    subscription: (document, operationName) => compileSubscription({ ...loaded(), document, operationName }),
    async stop() {
      await cleanup?.()
      await inForce?.fallback.stop()
    },
  }
}

/** The operation of a request, compiled when it comes first. Compiling does not wait, so nobody compiles it twice. */
function operationFor<Context>(
  { request: { operationName }, queryHash, document }: GatewayGraphQLRequestContext,
  inForce: InForce<Context>,
  counts: { hits: number; misses: number },
  parts: Partial<EngineParts> | undefined,
): CompiledOperation<Context> {
  const key = operationName ? `${queryHash} ${operationName}` : queryHash
  const known = inForce.operations.get(key)
  if (known) {
    counts.hits++
    return known
  }
  counts.misses++
  const operation = compileOperation({ ...inForce, parts, document, operationName: operationName || undefined })
  inForce.operations.set(key, operation, { size: sizeOf(document) })
  return operation
}

function describePlan<Context>(
  { supergraph, adjustPlan }: InForce<Context>,
  document: DocumentNode,
  operationName: string | undefined,
): string {
  const plan = supergraph.planner.plan(withoutIntrospection(document), operationName)
  adjustPlan(plan)
  return prettyFormatQueryPlan(plan)
}

function putInForce<Context>(sdl: string, dependencies: EngineDependencies<Context>): InForce<Context> {
  const supergraph = loadSupergraph(sdl)
  const { logger } = dependencies
  return {
    supergraph,
    operations: createOperationCache(),
    prepare: dependencies.prepareFor(supergraph),
    prepareStream: dependencies.prepareStreamFor(supergraph),
    adjustPlan: createRootKeys(supergraph.fullSchema),
    fallback: createFallback({
      supergraphSdl: sdl,
      createDataSource: dependencies.dataSourcesFor(supergraph),
      logger,
    }),
  }
}
