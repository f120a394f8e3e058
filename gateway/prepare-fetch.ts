import type { GraphQLSchema } from 'graphql'
import { invariant } from '../platform/invariant.ts'
import { askSubgraph, type GatewayContext } from './ask-subgraph.ts'
import type { PrepareFetch, SubgraphResult } from './engine/plan/step.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import type { Transport } from './transport/transport.ts'

export interface PrepareFetchOptions {
  /** The supergraph's, by which answers are checked. */
  readonly schema: GraphQLSchema
  readonly transports: ReadonlyMap<string, Transport>
  readonly timeoutMs: number
}

/** Prepares the operations of plans for the subgraphs of a supergraph. */
export function createPrepareFetch({
  schema,
  transports,
  timeoutMs,
}: PrepareFetchOptions): PrepareFetch<GatewayContext> {
  const subgraphs = new Map(
    [...transports].map(([subgraph, transport]) => {
      return [subgraph, { subgraph, transport, timeoutMs, checkResponse: createResponseCheck(schema, subgraph) }]
    }),
  )
  return ({ subgraph, query, operationName }) => {
    const asked = subgraphs.get(subgraph)
    invariant(asked, `there is a transport to each subgraph of the supergraph, and so to ${subgraph}`)
    return async (variables, context) =>
      (await askSubgraph(asked, { query, operationName, variables }, context)) as SubgraphResult
  }
}
