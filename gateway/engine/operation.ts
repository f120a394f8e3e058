import type { QueryPlan } from '@apollo/query-planner'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { invariant } from '../../platform/invariant.ts'
import { compileIntrospection, withoutIntrospection } from './introspection.ts'
import { ENGINE_PARTS, type EngineParts } from './parts.ts'
import { compilePlan } from './plan/compile-plan.ts'
import type { PrepareFetch } from './plan/step.ts'
import { findBooleanVariables } from './projection/boolean-variables.ts'
import { collectFields } from './projection/collect-fields.ts'
import { type Project, ProjectionRun } from './projection/project.ts'
import type { LoadedSupergraph } from './supergraph.ts'
import type { JsonObject } from './value.ts'

/** What came of one run of an operation. */
export interface OperationResult {
  readonly data?: JsonObject | null
  readonly errors?: readonly GraphQLError[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** An operation that is ready to run: planned and compiled, once for all its requests. */
export interface CompiledOperation<Context> {
  run(variables: Readonly<Record<string, unknown>>, context: Context): Promise<OperationResult>
}

export interface OperationCompilation<Context> {
  readonly supergraph: LoadedSupergraph
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly prepare: PrepareFetch<Context>
  /** Sees the plan before it is compiled, and may add to its fetches. */
  readonly adjustPlan?: ((plan: QueryPlan) => void) | undefined
  readonly parts?: Partial<EngineParts> | undefined
}

/** How many sets of values of `@skip` and `@include` an operation keeps projections for. */
const PROJECTORS_MAX = 64

export function compileOperation<Context>(compilation: OperationCompilation<Context>): CompiledOperation<Context> {
  const operation = findOperation(compilation)
  const coerce = compileCoercion(compilation.supergraph, operation)
  let answer: Answer<Context> | undefined

  return {
    async run(variables, context) {
      const refusals = coerce(variables)
      if (refusals) return { errors: refusals }
      // Planning is dear: only an operation that can run is worth it.
      answer ??= compileAnswer(compilation, operation)
      return answer(variables, context)
    },
  }
}

type Answer<Context> = (variables: Readonly<Record<string, unknown>>, context: Context) => Promise<OperationResult>

function compileAnswer<Context>(
  compilation: OperationCompilation<Context>,
  operation: OperationDefinitionNode,
): Answer<Context> {
  const { supergraph, document, operationName, prepare, adjustPlan } = compilation
  const parts = { ...ENGINE_PARTS, ...compilation.parts }
  const plan = supergraph.planner.plan(withoutIntrospection(document), operationName)
  if (plan.node === undefined && asksSubgraphs(compilation, operation)) return async () => ({ errors: [UNANSWERABLE] })
  adjustPlan?.(plan)
  const { fullSchema: schema } = supergraph
  const runPlan = compilePlan(plan, { schema, operation, prepare, merge: parts.createMerge(schema) })
  const project = compileProjection({ supergraph, document, operation, parts })
  return async (variables, context) => {
    const data: JsonObject = {}
    const errors: GraphQLError[] = []
    await runPlan({ path: [], targets: [data] }, { data, variables, context, errors })
    return project(data, variables, errors)
  }
}

/** The planner leaves out what no object can ever answer: an interface that nothing implements. */
const UNANSWERABLE = new GraphQLError('No subgraph can answer this operation.')

/** Whether an operation asks for more at its root than introspection knows, whatever its variables are. */
function asksSubgraphs(
  { supergraph, document }: OperationCompilation<never>,
  operation: OperationDefinitionNode,
): boolean {
  const { apiSchema: schema } = supergraph
  const rootType = schema.getRootType(operation.operation)
  invariant(rootType, `the schema has a root type for ${operation.operation}`)
  const collecting = { schema, fragments: fragmentsOf(document), conditions: {} }
  const fields = collectFields(collecting, rootType, operation.selectionSet.selections)
  return [...fields.values()].some(([field]) => !field?.name.value.startsWith('__'))
}

function findOperation({ document, operationName }: OperationCompilation<never>): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  )
  invariant(operation?.kind === Kind.OPERATION_DEFINITION, 'the server has found the operation before')
  return operation
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  )
}

/** Checks the client's variables against their types. The plan gets them as they came; subgraphs coerce their own. */
function compileCoercion({ apiSchema }: LoadedSupergraph, operation: OperationDefinitionNode) {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return () => undefined
  return (variables: Readonly<Record<string, unknown>>): GraphQLError[] | undefined => {
    const { errors } = getVariableValues(apiSchema, definitions, variables)
    return errors?.map(toVariableError)
  }
}

function toVariableError(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    ...(error.nodes && { nodes: error.nodes }),
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  })
}

interface ProjectionCompilation {
  readonly supergraph: LoadedSupergraph
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly parts: EngineParts
}

/** Cuts the answer out of what was fetched, by the values that the operation's conditions have this time. */
function compileProjection({ supergraph, document, operation, parts }: ProjectionCompilation) {
  const { apiSchema: schema } = supergraph
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
    const made = parts.compileProjector({ schema, fragments, conditions }, rootType, operation.selectionSet.selections)
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
    const projected = projectorFor(variables)(fetched, run, () => 'the root')
    const data = typeof projected === 'symbol' ? null : (projected as JsonObject)
    if (errors.length > 0) return { errors, data }
    // Nulls that no subgraph has explained are told of beside the answer, as Apollo's gateway does.
    return run.errors.length > 0 ? { data, extensions: { valueCompletion: run.errors } } : { data }
  }
}
