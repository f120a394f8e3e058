import type { DocumentNode, GraphQLError, OperationDefinitionNode } from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import { fragmentsOf } from '../fragments.ts'
import { compileIntrospection } from '../introspection.ts'
import type { EngineParts } from '../parts.ts'
import type { LoadedSupergraph } from '../supergraph.ts'
import type { JsonObject } from '../value.ts'
import { findBooleanVariables } from './boolean-variables.ts'
import { BUBBLE, type Project, ProjectionRun } from './project.ts'

/** What came of one run of an operation. */
export interface OperationResult {
  readonly data?: JsonObject | null
  readonly errors?: readonly GraphQLError[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** How many sets of values of `@skip` and `@include` an operation keeps projections for. */
const PROJECTORS_MAX = 64

interface ProjectionCompilation {
  readonly supergraph: LoadedSupergraph
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly parts: EngineParts
}

/** Cuts the answer out of what was fetched, by the values that the operation's conditions have this time. */
export function compileAnswer({ supergraph, document, operation, parts }: ProjectionCompilation) {
  const {
    apiSchema: schema,
    planner: { fetchedName },
  } = supergraph
  const fragments = fragmentsOf(document)
  const introspect = compileIntrospection(schema, operation, fragments)
  const booleans = findBooleanVariables(document, operation)
  const rootType = schema.getRootType(operation.operation)
  invariant(rootType, `the schema has a root type for ${operation.operation}`)
  const projectors = new Map<string, Project>()

  const projectorFor = (variables: Readonly<Record<string, unknown>>): Project => {
    const conditions = booleans.read(variables)
    const key = booleans.key(conditions)
    const known = projectors.get(key)
    if (known) return known
    if (projectors.size >= PROJECTORS_MAX) projectors.clear()
    const context = { schema, fragments, conditions, fetchedName }
    const made = parts.compileProjector(context, rootType, operation.selectionSet.selections)
    projectors.set(key, made)
    return made
  }

  return (
    fetched: JsonObject,
    variables: Readonly<Record<string, unknown>>,
    errors: GraphQLError[],
  ): OperationResult => {
    const introspected = introspect?.(variables) ?? {}
    const run = new ProjectionRun((key) => introspected[key] ?? null)
    const projected = projectorFor(variables)(fetched, run)
    const data = projected === BUBBLE ? null : (projected as JsonObject)
    if (errors.length > 0) return { errors, data }
    // Nulls that no subgraph has explained are told of beside the answer, as Apollo's gateway does.
    return run.errors.length > 0 ? { data, extensions: { valueCompletion: run.errors } } : { data }
  }
}
