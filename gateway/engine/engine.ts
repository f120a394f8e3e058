import type { SupergraphManager } from '@apollo/gateway'
import type {
  GatewayExecutor,
  GatewayInterface,
  GatewaySchemaLoadOrUpdateCallback,
} from '@apollo/server-gateway-interface'
import { LRUCache } from 'lru-cache'
import type { Logger } from '../../platform/logger.ts'
import { createRootKeys } from '../plan/root-keys.ts'
import { type CompiledOperation, compileOperation } from './operation.ts'
import type { PrepareFetch } from './plan/step.ts'
import { type LoadedSupergraph, loadSupergraph } from './supergraph.ts'

export interface EngineDependencies<Context> {
  readonly supergraph: SupergraphManager
  readonly logger: Logger
  /** Prepares the operations of plans for the subgraphs of a supergraph that was just loaded. */
  readonly prepareFor: (supergraph: LoadedSupergraph) => PrepareFetch<Context>
  readonly operationsMax?: number
}

const OPERATIONS_MAX = 2_000

/** A supergraph in force, and what was compiled for it. */
interface InForce<Context> {
  readonly supergraph: LoadedSupergraph
  readonly operations: LRUCache<string, CompiledOperation<Context>>
  readonly prepare: PrepareFetch<Context>
  readonly adjustPlan: ReturnType<typeof createRootKeys>
}

/** Runs operations over a supergraph, as Apollo Server's gateway: Apollo's planner, an execution of our own. */
export function createEngine<Context>(dependencies: EngineDependencies<Context>): GatewayInterface {
  const listeners = new Set<GatewaySchemaLoadOrUpdateCallback>()
  let inForce: InForce<Context> | undefined
  let cleanup: (() => Promise<void>) | undefined

  const take = (sdl: string): void => {
    // A supergraph that does not load throws here, before anything has changed.
    inForce = putInForce(sdl, dependencies)
    const { apiSchema } = inForce.supergraph
    for (const listener of listeners) listener({ apiSchema, coreSupergraphSdl: sdl })
  }
  const executor: GatewayExecutor = async (request) => {
    if (!inForce) throw new Error('The engine was asked before it has loaded a supergraph.')
    const { operations } = inForce
    const key = request.request.operationName
      ? `${request.queryHash} ${request.request.operationName}`
      : request.queryHash
    let operation = operations.get(key)
    if (!operation) {
      operation = compileOperation({
        ...inForce,
        document: request.document,
        operationName: request.request.operationName || undefined,
      })
      operations.set(key, operation)
    }
    return operation.run(request.request.variables ?? {}, request.context as Context)
  }

  return {
    onSchemaLoadOrUpdate(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async load() {
      const loaded = await dependencies.supergraph.initialize({
        update: take,
        healthCheck: async () => undefined,
        getDataSource: () => {
          throw new Error('The engine has no data sources.')
        },
      })
      cleanup = loaded.cleanup
      take(loaded.supergraphSdl)
      return { executor }
    },
    async stop() {
      await cleanup?.()
    },
  }
}

function putInForce<Context>(
  sdl: string,
  { prepareFor, operationsMax }: EngineDependencies<Context>,
): InForce<Context> {
  const supergraph = loadSupergraph(sdl)
  return {
    supergraph,
    operations: new LRUCache({ max: operationsMax ?? OPERATIONS_MAX }),
    prepare: prepareFor(supergraph),
    adjustPlan: createRootKeys(supergraph.fullSchema),
  }
}
