import type { QueryPlan } from '@apollo/query-planner'
import {
  type DocumentNode,
  GraphQLError,
  getNamedType,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { invariant } from '../../platform/invariant.ts'
import { inSpan } from '../../platform/sight/tracing.ts'
import { compileCoercion } from './coercion.ts'
import type { Fallback } from './fallback.ts'
import { fragmentsOf } from './fragments.ts'
import { withoutIntrospection } from './introspection.ts'
import { ENGINE_PARTS, type EngineParts } from './parts.ts'
import type { PlanCompilation } from './plan/compilation.ts'
import { compilePlan, UnsupportedPlanError } from './plan/compile-plan.ts'
import type { PrepareFetch, Step } from './plan/step.ts'
import { compileAnswer, type OperationResult } from './projection/answer.ts'
import { findBooleanVariables } from './projection/boolean-variables.ts'
import { collectFields } from './projection/collect-fields.ts'
import type { LoadedSupergraph } from './supergraph.ts'
import type { JsonObject } from './value.ts'

/** An operation that is ready to run: planned and compiled, once for all its requests. */
export interface CompiledOperation<Context> {
  run(variables: Readonly<Record<string, unknown>>, context: Context): Promise<OperationResult>
  /** Plans and compiles now what else the first request would wait for. */
  plan(): void
}

export interface OperationCompilation<Context> {
  readonly supergraph: LoadedSupergraph
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly prepare: PrepareFetch<Context>
  /** Sees the plan before it is compiled, and may add to its fetches. */
  readonly adjustPlan?: ((plan: QueryPlan) => void) | undefined
  readonly parts?: Partial<EngineParts> | undefined
  /** Runs plans that the engine does not. */
  readonly fallback: Pick<Fallback<Context>, 'run'>
}

export function compileOperation<Context>(compilation: OperationCompilation<Context>): CompiledOperation<Context> {
  const operation = findOperation(compilation)
  const coerce = compileCoercion(compilation.supergraph.apiSchema, operation)
  let run: RunOperation<Context> | undefined

  return {
    plan() {
      run ??= compileRun(compilation, operation)
    },
    async run(variables, context) {
      const refusals = coerce(variables)
      if (refusals) return { errors: refusals }
      // Planning is dear: only an operation that can run is worth it.
      run ??= compileRun(compilation, operation)
      return run(variables, context)
    },
  }
}

type RunOperation<Context> = (
  variables: Readonly<Record<string, unknown>>,
  context: Context,
) => Promise<OperationResult>

function compileRun<Context>(
  compilation: OperationCompilation<Context>,
  operation: OperationDefinitionNode,
): RunOperation<Context> {
  const { supergraph, document, operationName, prepare, adjustPlan } = compilation
  const parts = { ...ENGINE_PARTS, ...compilation.parts }
  const plan = inSpan('plan', {}, () => supergraph.planner.plan(withoutIntrospection(document), operationName))
  adjustPlan?.(plan)
  const { fullSchema: schema } = supergraph
  const runPlan = compileSupported(plan, { schema, operation, prepare, merge: parts.createMerge(schema) })
  if (runPlan instanceof UnsupportedPlanError) {
    const { fallback } = compilation
    return (variables, context) => fallback.run({ document, operationName, variables, context }, runPlan.message)
  }
  const answer = compileAnswer({ supergraph, document, operation, parts })
  const isUnanswerable = plan.node === undefined ? compileUnanswerable(compilation, operation) : () => false
  return async (variables, context) => {
    if (isUnanswerable(variables)) return { errors: [UNANSWERABLE] }
    const data: JsonObject = {}
    const errors: GraphQLError[] = []
    await runPlan({ path: [], targets: [data] }, { data, variables, context, errors })
    return answer(
      data,
      variables,
      errors.map((error) => withClientPath(error, supergraph)),
    )
  }
}

function compileSupported<Context>(
  plan: QueryPlan,
  compilation: PlanCompilation<Context>,
): Step<Context> | UnsupportedPlanError {
  try {
    return compilePlan(plan, compilation)
  } catch (error) {
    if (error instanceof UnsupportedPlanError) return error
    throw error
  }
}

const UNANSWERABLE = new GraphQLError('No subgraph can answer this operation.')

/**
 * Tells, of an operation whose plan is empty, whether it asks for an object that nobody can make: of an interface that
 * no type implements. Other plans are empty because conditions left nothing to ask for, which is an answer.
 */
function compileUnanswerable(
  { supergraph: { apiSchema: schema }, document }: OperationCompilation<never>,
  operation: OperationDefinitionNode,
): (variables: Readonly<Record<string, unknown>>) => boolean {
  const rootType = schema.getRootType(operation.operation)
  invariant(rootType, `the schema has a root type for ${operation.operation}`)
  const fragments = fragmentsOf(document)
  const booleans = findBooleanVariables(document, operation)
  return (variables) => {
    const collecting = { schema, fragments, conditions: booleans.read(variables) }
    const fields = collectFields(collecting, rootType, operation.selectionSet.selections)
    return [...fields.values()].some(([field]) => {
      const type = getNamedType(rootType.getFields()[field?.name.value ?? '']?.type)
      return isAbstractType(type) && schema.getPossibleTypes(type).length === 0
    })
  }
}

export function findOperation({
  document,
  operationName,
}: Pick<OperationCompilation<never>, 'document' | 'operationName'>): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  )
  invariant(operation?.kind === Kind.OPERATION_DEFINITION, 'the server has found the operation before')
  return operation
}

/** The same error at a path that the client knows; the plan may have names of its own. */
export function withClientPath(error: GraphQLError, { planner }: LoadedSupergraph): GraphQLError {
  if (!error.path) return error
  return new GraphQLError(error.message, { path: planner.clientPath(error.path), extensions: error.extensions })
}
