import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  OperationTypeNode,
  parse,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { GatewayContext } from '../ask-subgraph.ts'
import type { Engine } from '../engine/engine.ts'
import type { CompiledSubscription } from '../engine/subscription.ts'

/** A subscription that is ready to be opened, or what is wrong with what came. */
export type ReadSubscription =
  | {
      readonly kind: 'ready'
      readonly schema: GraphQLSchema
      readonly document: DocumentNode
      readonly subscription: CompiledSubscription<GatewayContext>
    }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }

export type SubscriptionReader = (query: string, operationName: string | undefined) => ReadSubscription

export interface SubscriptionReaderOptions {
  readonly engine: Engine<GatewayContext>
  /** Throws for a text that is over a limit, before anything is spent on it. */
  readonly admit: (text: string) => void
}

const SUBSCRIPTIONS_MAX = 1_000
const TOTAL_CHARACTERS_MAX = 1_000_000

/** Reads, validates, plans and compiles each subscription once for the supergraph in force: front ends send a few. */
export function createSubscriptionReader(options: SubscriptionReaderOptions): SubscriptionReader {
  const known = new LRUCache<string, ReadSubscription>({ max: SUBSCRIPTIONS_MAX, maxSize: TOTAL_CHARACTERS_MAX })
  options.engine.onSchemaLoadOrUpdate(() => known.clear())
  return (query, operationName) => {
    const key = `${operationName ?? ''}\n${query}`
    const found = known.get(key)
    if (found) return found
    const read = readSubscription(options, query, operationName)
    known.set(key, read, { size: key.length })
    return read
  }
}

function readSubscription(
  { engine, admit }: SubscriptionReaderOptions,
  query: string,
  operationName: string | undefined,
): ReadSubscription {
  let document: DocumentNode
  try {
    admit(query)
    document = parse(query)
  } catch (error) {
    return refuse('GRAPHQL_PARSE_FAILED', [error as GraphQLError])
  }
  const schema = engine.apiSchema()
  const errors = validate(schema, document)
  if (errors.length > 0) return refuse('GRAPHQL_VALIDATION_FAILED', errors)
  const operation = getOperationAST(document, operationName)
  if (!operation) {
    const message = 'Say by `operationName` which operation of the document to run.'
    return refuse('OPERATION_RESOLUTION_FAILURE', [new GraphQLError(message)])
  }
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    return refuse('BAD_REQUEST', [new GraphQLError('Only subscriptions come this way: send the others by POST.')])
  }
  return { kind: 'ready', schema, document, subscription: engine.subscription(document, operationName) }
}

function refuse(code: string, errors: readonly GraphQLError[]): ReadSubscription {
  return {
    kind: 'refused',
    errors: errors.map(({ message, nodes, source, positions, extensions }) => {
      return new GraphQLError(message, { nodes: nodes ?? null, source, positions, extensions: { code, ...extensions } })
    }),
  }
}
