import { invariant } from '../platform/invariant.ts'
import { withTimeout } from '../platform/with-timeout.ts'
import type { GatewayContext } from './data-source.ts'
import type { FetchOperation, PrepareFetch, Send, SubgraphResult } from './engine/plan/step.ts'
import { unavailableErrors } from './errors/unavailable.ts'
import type { Transport } from './transport/transport.ts'

export interface PrepareFetchOptions {
  readonly transports: ReadonlyMap<string, Transport>
  readonly timeoutMs: number
}

/**
 * Prepares the operations of plans for their subgraphs. One that is dead, slow or answers nonsense costs its own
 * fields: they come as null, each with an error that says which part is away and when to try again.
 */
export function createPrepareFetch({ transports, timeoutMs }: PrepareFetchOptions): PrepareFetch<GatewayContext> {
  return (operation) => {
    const transport = transports.get(operation.subgraph)
    invariant(transport, `there is a transport to each subgraph of the supergraph, and so to ${operation.subgraph}`)
    return prepareFetch(operation, transport, timeoutMs)
  }
}

function prepareFetch(
  { subgraph, query, operationName }: FetchOperation,
  transport: Transport,
  timeoutMs: number,
): Send<GatewayContext> {
  return async (variables, { viewer, logger }) => {
    try {
      const result = await withTimeout(transport.send({ query, operationName, variables, viewer }), timeoutMs)
      assertEntities(variables, result)
      return result as SubgraphResult
    } catch (error) {
      logger.warn({ err: error, subgraph }, 'a subgraph did not answer; its fields are null')
      return { data: null, errors: unavailableErrors(subgraph, { query, variables }) }
    }
  }
}

/** As many entities as were asked for, or the answer is to another question. */
function assertEntities(variables: Readonly<Record<string, unknown>>, { data }: { readonly data?: unknown }): void {
  const representations = variables['representations']
  if (!Array.isArray(representations) || !data) return
  const entities = (data as { _entities?: unknown })._entities
  if (Array.isArray(entities) && entities.length === representations.length) return
  throw new Error(`the answer does not hold ${representations.length} entities`)
}
