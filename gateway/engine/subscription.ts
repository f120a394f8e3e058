import type { SubscriptionNode } from '@apollo/query-planner'
import { type DocumentNode, type GraphQLError, type OperationDefinitionNode, OperationTypeNode } from 'graphql'
import { mapIterator, onlyValue } from '../../platform/iterators.ts'
import { compileCoercion } from './coercion.ts'
import { withoutIntrospection } from './introspection.ts'
import { findOperation, withClientPath } from './operation.ts'
import { ENGINE_PARTS } from './parts.ts'
import { compileNode, UnsupportedPlanError } from './plan/compile-plan.ts'
import { compileArrival } from './plan/fetch.ts'
import type { PrepareFetch, PrepareStream, Run, Step } from './plan/step.ts'
import { compileAnswer, type OperationResult } from './projection/answer.ts'
import type { LoadedSupergraph } from './supergraph.ts'

/** A subscription that is ready to run: planned and compiled, once for all that open it. */
export interface CompiledSubscription<Context> {
  /**
   * Opens a stream of answers, one for each event of the root field's subgraph; what is wrong with the variables is the
   * only one. An event is not taken from the subgraph before the answer to the one before it was taken from here.
   * `createContext` makes what one event's fetches are sent with; what is done for one event is run by `inEvent`.
   */
  open(
    variables: Readonly<Record<string, unknown>>,
    createContext: () => Context,
    inEvent?: <Value>(select: () => Value) => Value,
  ): Promise<AsyncIterableIterator<OperationResult>>
}

export interface SubscriptionCompilation<Context> {
  readonly supergraph: LoadedSupergraph
  readonly document: DocumentNode
  readonly operationName: string | undefined
  readonly prepare: PrepareFetch<Context>
  readonly prepareStream: PrepareStream<Context>
}

/** Compiles a subscription: the root field's stream, and the steps that fetch the rest for each of its events. */
export function compileSubscription<Context>(
  compilation: SubscriptionCompilation<Context>,
): CompiledSubscription<Context> {
  const { supergraph, document, operationName, prepare, prepareStream } = compilation
  const operation = findOperation(compilation)
  const coerce = compileCoercion(supergraph.apiSchema, operation)
  const { primary, rest } = planSubscription(supergraph, document, operationName)
  const { fullSchema: schema } = supergraph
  const planning = { schema, operation, prepare, merge: ENGINE_PARTS.createMerge(schema) }
  const openStream = prepareStream({
    subgraph: primary.serviceName,
    query: primary.operation,
    operationName: primary.operationName,
    kind: OperationTypeNode.SUBSCRIPTION,
  })
  const arrival = compileArrival(primary, planning)
  const answerEvent = compileEvent(compilation, operation, rest && compileNode(rest, planning))

  return {
    async open(variables, createContext, inEvent = (select) => select()) {
      const refusals = coerce(variables)
      if (refusals) return onlyValue({ errors: refusals })
      const events = await openStream(arrival.pickVariables(variables), createContext())
      return mapIterator(events, (event) => {
        const run: Run<Context> = { data: {}, variables, context: createContext(), errors: [] }
        arrival.take(event, { path: [], targets: [run.data] }, run)
        return inEvent(() => answerEvent(run))
      })
    },
  }
}

function planSubscription(
  { planner }: LoadedSupergraph,
  document: DocumentNode,
  operationName: string | undefined,
): SubscriptionNode {
  const { node } = planner.plan(withoutIntrospection(document), operationName)
  if (node?.kind === 'Subscription') return node
  throw new UnsupportedPlanError('the plan of a subscription has no stream to begin with')
}

/** Fetches what other subgraphs tell of an event, and cuts the answer out of it all. */
function compileEvent<Context>(
  { supergraph, document }: SubscriptionCompilation<Context>,
  operation: OperationDefinitionNode,
  fetchRest: Step<Context> | undefined,
): (run: Run<Context>) => Promise<OperationResult> {
  const answer = compileAnswer({ supergraph, document, operation, parts: ENGINE_PARTS })
  const toClient = (error: GraphQLError) => withClientPath(error, supergraph)
  return async (run) => {
    await fetchRest?.({ path: [], targets: [run.data] }, run)
    return answer(run.data, run.variables, run.errors.map(toClient))
  }
}
