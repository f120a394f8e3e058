import { setImmediate as nextTurn } from 'node:timers/promises'
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
  const steps = loadInSteps(sdl)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same, with a turn for everybody else between its steps: the whole of it takes longer than a request may wait. */
export async function loadSupergraphInTurns(sdl: string): Promise<LoadedSupergraph> {
  const steps = loadInSteps(sdl)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await nextTurn()
  }
}

function* loadInSteps(sdl: string): Generator<void, LoadedSupergraph> {
  const supergraph = Supergraph.build(sdl, { validateSupergraph: true })
  yield
  const apiSchema = supergraph.apiSchema().toGraphQLJSSchema()
  const subgraphs = [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url }))
  yield
  const fullSchema = buildSchema(sdl, { assumeValid: true, assumeValidSDL: true })
  yield
  return { sdl, apiSchema, fullSchema, subgraphs, planner: createPlanner(sdl) }
}
