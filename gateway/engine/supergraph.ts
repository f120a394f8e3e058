import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { buildSchema, type DocumentNode, type GraphQLSchema } from 'graphql'

/** A supergraph that was read and is ready to be planned against. */
export interface LoadedSupergraph {
  readonly sdl: string
  /** What clients see. */
  readonly apiSchema: GraphQLSchema
  /** All that is there, inaccessible types and the marks of composition too: what subgraphs' answers are made of. */
  readonly fullSchema: GraphQLSchema
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[]
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
}

/** Reads a supergraph of Federation 2. Throws when it cannot be one. */
export function loadSupergraph(sdl: string): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, { validateSupergraph: true })
  const apiSchema = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  return {
    sdl,
    apiSchema: apiSchema.toGraphQLJSSchema(),
    fullSchema: buildSchema(sdl, { assumeValid: true, assumeValidSDL: true }),
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
    plan(document, operationName) {
      const named = operationName === undefined ? {} : { operationName }
      return planner.buildQueryPlan(operationFromDocument(apiSchema, document, named))
    },
  }
}
