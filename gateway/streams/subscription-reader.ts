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
import type { Principal } from '../../platform/identity/viewer.ts'
import type { GatewayContext } from '../ask-subgraph.ts'
import type { DocumentGate } from '../documents/document-gate.ts'
import type { Engine } from '../engine/engine.ts'
import type { CompiledSubscription } from '../engine/subscription.ts'
import type { AskedOperation, OperationAdmission } from '../registered/admission.ts'

/** A subscription that is ready to be opened, or what is wrong with what came. */
export type ReadSubscription =
  | {
      readonly kind: 'ready'
      readonly schema: GraphQLSchema
      readonly document: DocumentNode
      readonly cost: number
      /** As it may be shown. */
      readonly name: string
      readonly subscription: CompiledSubscription<GatewayContext>
    }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] }

/** What a client says of the subscription that it wants. */
export interface AskedSubscription extends AskedOperation {
  readonly operationName?: string | null | undefined
}

export type SubscriptionReader = (asked: AskedSubscription, principal: Principal) => ReadSubscription

export interface SubscriptionReaderOptions {
  readonly engine: Engine<GatewayContext>
  readonly admission: Pick<OperationAdmission, 'textFor' | 'isRegistered' | 'shownName'>
  readonly documents: Pick<DocumentGate, 'rules' | 'admit' | 'documentOf'>
}

const SUBSCRIPTIONS_MAX = 1_000
const TOTAL_CHARACTERS_MAX = 1_000_000

/** Reads, validates, plans and compiles each subscription once for the supergraph in force: front ends send a few. */
export function createSubscriptionReader(options: SubscriptionReaderOptions): SubscriptionReader {
  const known = new LRUCache<string, ReadSubscription>({ max: SUBSCRIPTIONS_MAX, maxSize: TOTAL_CHARACTERS_MAX })
  options.engine.onSchemaLoadOrUpdate(() => known.clear())
  return ({ operationName, ...asked }, principal) => {
    // Nobody’s name is empty: a client that has none may send it so.
    const name = operationName || undefined
    // Who may run what is asked anew each time: what is kept is the same for all.
    const query = textFor(options, asked, principal)
    if (typeof query !== 'string') return query
    const key = `${name ?? ''}\n${query}`
    const found = known.get(key)
    if (found) return found
    const read = readSubscription(options, query, name)
    known.set(key, read, { size: key.length })
    return read
  }
}

function textFor(
  { admission }: SubscriptionReaderOptions,
  asked: AskedOperation,
  principal: Principal,
): string | ReadSubscription {
  try {
    return admission.textFor(asked, principal) ?? refuse('BAD_REQUEST', [new GraphQLError(NO_OPERATION)])
  } catch (error) {
    return refuse('BAD_REQUEST', [error as GraphQLError])
  }
}

const NO_OPERATION = 'Send the subscription in `query`, or its id in `documentId` or `extensions.persistedQuery`.'

function readSubscription(
  { engine, admission, documents }: SubscriptionReaderOptions,
  query: string,
  operationName: string | undefined,
): ReadSubscription {
  let document: DocumentNode
  let cost: number
  try {
    cost = documents.admit(query, admission.isRegistered(query))?.cost ?? 1
    document = documents.documentOf(query) ?? parse(query)
  } catch (error) {
    return refuse('GRAPHQL_PARSE_FAILED', [error as GraphQLError])
  }
  const schema = engine.apiSchema()
  const errors = documents.documentOf(query) ? [] : validate(schema, document, documents.rules)
  if (errors.length > 0) return refuse('GRAPHQL_VALIDATION_FAILED', errors)
  const operation = getOperationAST(document, operationName)
  if (!operation) {
    const message = 'Say by `operationName` which operation of the document to run.'
    return refuse('OPERATION_RESOLUTION_FAILURE', [new GraphQLError(message)])
  }
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
    return refuse('BAD_REQUEST', [new GraphQLError('Only subscriptions come this way: send the others by POST.')])
  }
  const name = admission.shownName(operation.name?.value)
  return { kind: 'ready', schema, document, cost, name, subscription: engine.subscription(document, operationName) }
}

function refuse(code: string, errors: readonly GraphQLError[]): ReadSubscription {
  return {
    kind: 'refused',
    errors: errors.map(({ message, nodes, source, positions, extensions }) => {
      return new GraphQLError(message, { nodes: nodes ?? null, source, positions, extensions: { code, ...extensions } })
    }),
  }
}
