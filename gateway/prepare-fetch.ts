import type { GraphQLSchema } from 'graphql'
import { invariant } from '../platform/invariant.ts'
import { type AskedSubgraph, askSubgraph, type GatewayContext } from './ask-subgraph.ts'
import type { PrepareFetch, PrepareStream, SubgraphResult } from './engine/plan/step.ts'
import type { Guard } from './resilience/guard.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import { streamSubgraph } from './stream-subgraph.ts'
import type { Transport } from './transport/transport.ts'

/** What stays of a subgraph when the supergraph changes: its connections, and what is known of its health. */
export interface SubgraphLink {
  readonly transport: Transport
  readonly guard: Guard
}

export interface PrepareFetchOptions {
  /** The supergraph's, by which answers are checked. */
  readonly schema: GraphQLSchema
  readonly links: ReadonlyMap<string, SubgraphLink>
  readonly timeoutMs: number
}

/** Prepares the operations of plans for the subgraphs of a supergraph. */
export function createPrepareFetch(options: PrepareFetchOptions): PrepareFetch<GatewayContext> {
  const find = createFinder(options)
  return ({ subgraph, query, operationName, kind }) => {
    const asked = find(subgraph)
    const isQuery = kind === 'query'
    return async (variables, context) =>
      (await askSubgraph(asked, { query, operationName, variables, isQuery }, context)) as SubgraphResult
  }
}

/** Prepares the streams that subscriptions begin with, likewise. */
export function createPrepareStream(options: PrepareFetchOptions): PrepareStream<GatewayContext> {
  const find = createFinder(options)
  return ({ subgraph, query, operationName }) => {
    const asked = find(subgraph)
    return async (variables, context) =>
      (await streamSubgraph(
        asked,
        { query, operationName, variables, isQuery: false },
        context,
      )) as AsyncIterator<SubgraphResult>
  }
}

function createFinder({ schema, links, timeoutMs }: PrepareFetchOptions): (subgraph: string) => AskedSubgraph {
  const subgraphs = new Map(
    [...links].map(([subgraph, link]) => {
      return [subgraph, { subgraph, ...link, timeoutMs, checkResponse: createResponseCheck(schema, subgraph) }]
    }),
  )
  return (subgraph) => {
    const asked = subgraphs.get(subgraph)
    invariant(asked, `there is a transport to each subgraph of the supergraph, and so to ${subgraph}`)
    return asked
  }
}
