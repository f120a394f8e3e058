import type { GraphQLSchema, OperationDefinitionNode } from 'graphql'
import type { Merge } from './merge.ts'
import type { PrepareFetch } from './step.ts'

/** What compiling a plan needs to know. */
export interface PlanCompilation<Context> {
  readonly schema: GraphQLSchema
  readonly operation: OperationDefinitionNode
  readonly prepare: PrepareFetch<Context>
  /** Adds what a subgraph said of an object to what is known of it. */
  readonly merge: Merge
}
