import type { GraphQLSchema } from 'graphql'
import { invariant } from '../platform/invariant.ts'
import { type AskedSubgraph, askSubgraph, type GatewayContext } from './ask-subgraph.ts'
import type { PrepareFetch, PrepareStream, SubgraphResult } from './engine/plan/step.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import { streamSubgraph } from './stream-subgraph.ts'
import type { Transport } from './transport/transport.ts'

export interface PrepareFetchOptions {
  /** The supergraph's, by which answers are checked. */
  readonly schema: GraphQLSchema
  readonly transports: ReadonlyMap<string, Transport>
  readonly timeoutMs: number
}

/** Prepares the operations of plans for the subgraphs of a supergraph. */
export function createPrepareFetch(options: PrepareFetchOptions): PrepareFetch<GatewayContext> {
  const find = createFinder(options)
  return ({ subgraph, query, operationName }) => {
    const asked = find(subgraph)
    return async (variables, context) =>
      (await askSubgraph(asked, { query, operationName, variables }, context)) as SubgraphResult
  }
}

/** Prepares the streams that subscriptions begin with, likewise. */
export function createPrepareStream(options: PrepareFetchOptions): PrepareStream<GatewayContext> {
  const find = createFinder(options)
  return ({ subgraph, query, operationName }) => {
    const asked = find(subgraph)
    return async (variables, context) =>
      (await streamSubgraph(asked, { query, operationName, variables }, context)) as AsyncIterator<SubgraphResult>
  }
}

function createFinder({ schema, transports, timeoutMs }: PrepareFetchOptions): (subgraph: string) => AskedSubgraph {
  const subgraphs = new Map(
    [...transports].map(([subgraph, transport]) => {
      return [subgraph, { subgraph, transport, timeoutMs, checkResponse: createResponseCheck(schema, subgraph) }]
    }),
  )
  return (subgraph) => {
    const asked = subgraphs.get(subgraph)
    invariant(asked, `there is a transport to each subgraph of the supergraph, and so to ${subgraph}`)
    return asked
  }
}
