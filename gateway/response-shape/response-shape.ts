import {
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  isCompositeType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Check } from './check.ts'
import { checkErrors } from './check-errors.ts'
import { type Compilation, compileObject } from './compile-selection.ts'

/** What was sent to a subgraph. */
export interface SentRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** What is wrong with an answer's shape, for the log; null when it is what was asked for. */
export type ResponseCheck = (request: SentRequest, result: ExecutionResult) => string | null

type DataCheck = (data: Readonly<Record<string, unknown>>, variables: SentRequest['variables']) => string | null

/** Of the operations whose checks are kept: they are larger than their texts. */
const OPERATION_CHARACTERS_MAX = 500_000

/**
 * Compares answers with what was asked for, by the types of the supergraph. The plan's executor believes every
 * answer, and one of another shape would break it as a whole. Each operation is compiled once.
 */
export function createResponseCheck(schema: GraphQLSchema, subgraph: string): ResponseCheck {
  const compiled = new LRUCache<string, DataCheck>({
    maxSize: OPERATION_CHARACTERS_MAX,
    sizeCalculation: (_, query) => query.length,
  })
  return ({ query, variables }, { data, errors }) => {
    const trouble = checkErrors(errors, data)
    if (trouble !== null || data === null || data === undefined) return trouble
    let check = compiled.get(query)
    if (!check) {
      check = compile(schema, subgraph, query)
      compiled.set(query, check)
    }
    return check(data, variables)
  }
}

function compile(schema: GraphQLSchema, subgraph: string, query: string): DataCheck {
  const { definitions } = parse(query, { noLocation: true })
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode
  const fragments = Object.fromEntries(
    definitions
      .filter((definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  const compilation = { schema, subgraph, fragments }
  const root = schema.getRootType(operation.operation)
  const entities = entitiesOf(operation)
  if (entities) return compileEntities(compilation, entities)
  if (!root) return () => null
  const check = compileObject(compilation, root, [operation.selectionSet])
  return (data) => check(data)
}

/** The selection on `_entities`, which is alone when it is there; the supergraph does not have this field. */
function entitiesOf({ operation, selectionSet }: OperationDefinitionNode): SelectionSetNode | undefined {
  if (operation !== OperationTypeNode.QUERY) return undefined
  const isEntities = (node: SelectionNode) => node.kind === Kind.FIELD && node.name.value === '_entities'
  const field = selectionSet.selections.find(isEntities)
  return field?.kind === Kind.FIELD ? field.selectionSet : undefined
}

/** As many entities as were asked for, each of the type of its representation, or null. */
function compileEntities(compilation: Compilation, selectionSet: SelectionSetNode): DataCheck {
  const checks = new Map<unknown, Check>()
  const checkOf = (typename: unknown): Check => {
    const known = checks.get(typename)
    if (known) return known
    const type = typeof typename === 'string' ? compilation.schema.getType(typename) : undefined
    const check: Check = isCompositeType(type) ? compileObject(compilation, type, [selectionSet]) : () => null
    checks.set(typename, check)
    return check
  }
  return (data, { representations }) => {
    const entities = data['_entities']
    if (!Array.isArray(entities)) return '._entities is not a list'
    if (!Array.isArray(representations) || entities.length !== representations.length) {
      return '._entities are not as many as were asked for'
    }
    if (Object.keys(data).length > 1) return ' has a field that was not asked for'
    for (let index = 0; index < entities.length; index++) {
      const entity: unknown = entities[index]
      if (entity === null) continue
      const trouble = checkOf(representations[index]?.__typename)(entity)
      if (trouble !== null) return `._entities[${index}]${trouble}`
    }
    return null
  }
}
