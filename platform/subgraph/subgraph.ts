import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/index.js'
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { enforceAccess } from '../access/enforce.ts'
import type { DomainEvent } from '../events/event.ts'
import type { Viewer } from '../identity/viewer.ts'
import type { Logger } from '../logger.ts'
import { scalars } from '../scalars.ts'
import { maskErrors } from './mask-errors.ts'
import type { SubgraphName } from './name.ts'
import { subgraphSdl } from './sdl.ts'

/** One operation for a subgraph. */
export interface SubgraphRequest {
  readonly query: string
  readonly operationName?: string | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/** A part of the graph, wherever it runs: in this process or behind HTTP. */
export interface Subgraph {
  readonly name: SubgraphName
  readonly schema: GraphQLSchema
  execute(request: SubgraphRequest, viewer: Viewer): Promise<ExecutionResult>
  /** Takes an event of another subgraph, once for its effect however often it is delivered. */
  receive(event: DomainEvent): Promise<void>
  /** Whether its database answers; throws when it does not. */
  checkReady(): Promise<void>
  /** Stops its own work (relays, jobs) and closes its connections. */
  close(): Promise<void>
}

export interface SubgraphDefinition<Context> {
  readonly name: SubgraphName
  /** By type and field; each subgraph checks them against its generated types. */
  readonly resolvers: object
  readonly createContext: (viewer: Viewer) => Context
  readonly receive?: (event: DomainEvent) => Promise<void>
  readonly checkReady: () => Promise<void>
  readonly close: () => Promise<void>
  readonly logger: Logger
}

const DOCUMENTS_MAX = 1_000

/** Builds a subgraph from its SDL and resolvers, with the policies of the schema put before every resolver. */
export function createSubgraph<Context>(definition: SubgraphDefinition<Context>): Subgraph {
  const { name, logger } = definition
  const schema = enforceAccess(
    buildSubgraphSchema({
      typeDefs: parse(subgraphSdl(name)),
      resolvers: { ...scalars, ...definition.resolvers } as GraphQLResolverMap<unknown>,
    }),
  )
  const read = createDocumentReader(schema)

  return {
    name,
    schema,
    async execute(request, viewer) {
      const document = read(request.query)
      if (document.kind === 'invalid') return { errors: document.errors }
      const result = await execute({
        schema,
        document: document.document,
        contextValue: { ...definition.createContext(viewer), viewer },
        variableValues: request.variables,
        operationName: request.operationName,
      })
      return maskErrors(result, logger.child({ requestId: viewer.requestId }))
    },
    receive: definition.receive ?? (async () => undefined),
    checkReady: definition.checkReady,
    close: definition.close,
  }
}

type ReadDocument =
  | { readonly kind: 'valid'; readonly document: DocumentNode }
  | { readonly kind: 'invalid'; readonly errors: readonly GraphQLError[] }

/** Parses and validates each text once: gateways send the same few operations again and again. */
function createDocumentReader(schema: GraphQLSchema): (query: string) => ReadDocument {
  const known = new LRUCache<string, ReadDocument>({ max: DOCUMENTS_MAX })
  return (query) => {
    const found = known.get(query)
    if (found) return found
    const document = parseAndValidate(schema, query)
    known.set(query, document)
    return document
  }
}

function parseAndValidate(schema: GraphQLSchema, query: string): ReadDocument {
  try {
    const document = parse(query)
    const errors = validate(schema, document)
    return errors.length === 0 ? { kind: 'valid', document } : { kind: 'invalid', errors }
  } catch (error) {
    return { kind: 'invalid', errors: [error as GraphQLError] }
  }
}
