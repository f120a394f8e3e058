import { prettyFormatQueryPlan } from '@apollo/query-planner'
import type {
  GatewayExecutor,
  GatewayGraphQLRequestContext,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface'
import { type DocumentNode, type GraphQLSchema, Kind, OperationTypeNode } from 'graphql'
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
import { type LoadedSupergraph, loadSupergraphInTurns } from './supergraph.ts'

/** Where a supergraph comes from, and those that follow it. */
export interface SupergraphSource {
  /**
   * Gives the supergraph to begin with. Each later one is handed to `take`, one after another: it resolves when that one
   * is in force, and rejects when it does not load and the one before stays.
   */
  open(take: (sdl: string) => Promise<void>): Promise<{ readonly sdl: string; close(): Promise<void> }>
}

/** A supergraph that has loaded and is about to take over. */
export interface Candidate {
  readonly sdl: string
  readonly apiSchema: GraphQLSchema
  /** Plans and compiles the one operation of a valid document, so that its requests find it ready. */
  compile(document: DocumentNode): void
}

export interface EngineDependencies<Context> {
  readonly supergraph: SupergraphSource
  /**
   * Does beforehand what requests would have to wait for. What it gives is called in the moment of taking over; where it
   * rejects, the supergraph before stays.
   */
  readonly makeReady?: (candidate: Candidate) => Promise<() => void>
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

/**
 * What was compiled beforehand, by its document: a request that was given its document before another supergraph took
 * over ends on the one that it began with.
 */
interface Ready<Context> {
  readonly operations: WeakMap<DocumentNode, CompiledOperation<Context>>
  readonly subscriptions: WeakMap<DocumentNode, CompiledSubscription<Context>>
}

/** Runs operations over a supergraph, as Apollo Server's gateway: Apollo's planner, an execution of our own. */
export function createEngine<Context>(dependencies: EngineDependencies<Context>): Engine<Context> {
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>()
  const ready: Ready<Context> = { operations: new WeakMap(), subscriptions: new WeakMap() }
  let inForce: InForce<Context> | undefined
  let close: (() => Promise<void>) | undefined

  const take = async (sdl: string): Promise<void> => {
    // A supergraph that does not load rejects here, before anything has changed.
    const next = await load(sdl, dependencies)
    const { apiSchema } = next.supergraph
    const compile = (document: DocumentNode) => compileReady(document, next, dependencies.parts, ready)
    const onTaken = await dependencies.makeReady?.({ sdl, apiSchema, compile })
    // From here to the end nothing waits, so no request sees half of it.
    const before = inForce
    inForce = next
    void before?.fallback.stop()
    onTaken?.()
    for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: sdl })
  }
  const loaded = (): InForce<Context> => {
    if (!inForce) throw new Error('The engine was asked before it has loaded a supergraph.')
    return inForce
  }
  const counts = { hits: 0, misses: 0 }
  const readyFor = ({ document }: GatewayGraphQLRequestContext) => {
    const operation = ready.operations.get(document)
    if (operation) counts.hits++
    return operation
  }
  const executor: GatewayExecutor = async (request) => {
    const operation = readyFor(request) ?? operationFor(request, loaded(), counts, dependencies.parts)
    return operation.run(request.request.variables ?? {}, request.context as Context)
  }

  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async load() {
      const opened = await dependencies.supergraph.open(take)
      close = opened.close
      await take(opened.sdl)
      return { executor }
    },
    operationCounts: () => ({ ...counts, size: inForce?.operations.size ?? 0 }),
    apiSchema: () => loaded().supergraph.apiSchema,
    describePlan: (document, operationName) => describePlan(loaded(), document, operationName),
    subscription: (document, operationName) =>
      ready.subscriptions.get(document) ?? compileSubscription({ ...loaded(), document, operationName }),
    async stop() {
      await close?.()
      await inForce?.fallback.stop()
    },
  }
}

function compileReady<Context>(
  document: DocumentNode,
  inForce: InForce<Context>,
  parts: Partial<EngineParts> | undefined,
  ready: Ready<Context>,
): void {
  const type = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION)?.operation
  const compilation = { ...inForce, parts, document, operationName: undefined }
  if (type === OperationTypeNode.SUBSCRIPTION) {
    ready.subscriptions.set(document, compileSubscription(compilation))
    return
  }
  const operation = compileOperation(compilation)
  operation.plan()
  ready.operations.set(document, operation)
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

async function load<Context>(sdl: string, dependencies: EngineDependencies<Context>): Promise<InForce<Context>> {
  const supergraph = await loadSupergraphInTurns(sdl)
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
