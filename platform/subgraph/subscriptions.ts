import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { mapIterator, onlyValue } from '../iterators.ts'
import { inRootSpan, runningSpan } from '../sight/tracing.ts'
import type { SubgraphRequest } from './subgraph.ts'

/** Begins a subscription. What is wrong with it comes as its only result. */
export type Subscribe = (request: SubgraphRequest, context: object) => Promise<AsyncIterableIterator<ExecutionResult>>

/** A document that was read, or why it cannot be. */
type ReadDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000

/** Runs subscriptions over a schema; each document is parsed and validated once. */
export function createSubscriptions(name: string, schema: GraphQLSchema): Subscribe {
  const known = new LRUCache<string, ReadDocument>({ max: DOCUMENTS_MAX })
  const eventSpan = `subgraph ${name} event`
  return async ({ query, operationName, variables = {} }, contextValue) => {
    const read = known.get(query) ?? readDocument(schema, query)
    known.set(query, read)
    if ('errors' in read) return onlyValue(read)
    const { document } = read
    const execution = { schema, document, operationName, variableValues: variables, contextValue }
    const events = await createSourceEventStream(execution)
    if (!isAsyncIterable(events)) return onlyValue(events)
    const cause = runningSpan()
    return mapIterator(events[Symbol.asyncIterator](), (rootValue) =>
      inRootSpan(eventSpan, { cause }, () => execute({ ...execution, rootValue })),
    )
  }
}

function isAsyncIterable(begun: AsyncIterable<unknown> | ExecutionResult): begun is AsyncIterable<unknown> {
  return Symbol.asyncIterator in begun
}

function readDocument(schema: GraphQLSchema, query: string): ReadDocument {
  try {
    const document = parse(query)
    const errors = validate(schema, document)
    return errors.length > 0 ? { errors } : { document }
  } catch (error) {
    return { errors: [error as GraphQLError] }
  }
}
