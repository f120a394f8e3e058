import { Supergraph } from '@apollo/federation-internals'
import { buildSchema, type GraphQLSchema } from 'graphql'
import { createPlanner, type Planner } from './planning/planner.ts'

/** A supergraph that was read and is ready to be planned against. */
export interface LoadedSupergraph {
  readonly sdl: string
  /** What clients see. */
  readonly apiSchema: GraphQLSchema
  /** All that is there, inaccessible types and the marks of composition too: what subgraphs' answers are made of. */
  readonly fullSchema: GraphQLSchema
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[]
  readonly planner: Planner
}

/** Reads a supergraph of Federation 2. Throws when it cannot be one. */
export function loadSupergraph(sdl: string): LoadedSupergraph {
  const supergraph = Supergraph.build(sdl, { validateSupergraph: true })
  return {
    sdl,
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    fullSchema: buildSchema(sdl, { assumeValid: true, assumeValidSDL: true }),
    subgraphs: [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url })),
    planner: createPlanner(sdl),
  }
}
