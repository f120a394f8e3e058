import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  subscribe,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { onlyValue } from '../iterators.ts'
import type { SubgraphRequest } from './subgraph.ts'

/** Begins a subscription. What is wrong with it comes as its only result. */
export type Subscribe = (request: SubgraphRequest, context: object) => Promise<AsyncIterableIterator<ExecutionResult>>

/** A document that was read, or why it cannot be. */
type ReadDocument = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

const DOCUMENTS_MAX = 1_000

/** Runs subscriptions over a schema; each document is parsed and validated once. */
export function createSubscriptions(schema: GraphQLSchema): Subscribe {
  const known = new LRUCache<string, ReadDocument>({ max: DOCUMENTS_MAX })
  return async ({ query, operationName, variables = {} }, contextValue) => {
    const read = known.get(query) ?? readDocument(schema, query)
    known.set(query, read)
    if ('errors' in read) return onlyValue(read)
    const { document } = read
    const begun = await subscribe({ schema, document, operationName, variableValues: variables, contextValue })
    return Symbol.asyncIterator in begun ? (begun as AsyncIterableIterator<ExecutionResult>) : onlyValue(begun)
  }
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
