import {
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isAbstractType,
  isCompositeType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql'
import { collectFields, collectSubfields } from 'graphql/execution/collectFields.js'
import { isJsonObject, type JsonObject } from '../value.ts'
import type { GeneratedOperation } from './generate-operation.ts'

/** What graphql-js needs to collect fields. */
interface Collecting {
  readonly schema: GraphQLSchema
  readonly fragments: Record<string, import('graphql').FragmentDefinitionNode>
  readonly variables: Record<string, unknown>
  readonly isOrdered: boolean
  /** An interface that one subgraph knows as an object may be all that is known of an object's type. */
  readonly takesInterfaces: boolean
}

type Fields = ReadonlyMap<string, readonly FieldNode[]>

/** How much of the keys of an answer is as the specification wants it. */
export type Keys = 'wrong' | 'of an interface' | 'in another order' | 'right'

/**
 * Holds an answer's keys against those that the specification has ("CollectFields"), as graphql-js understands it. The
 * type of an object of an interface or union may be any that the answer fits.
 */
export function judgeKeys(
  schema: GraphQLSchema,
  document: DocumentNode,
  { operationName, variables }: GeneratedOperation,
  data: unknown,
): Keys {
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode =>
      node.kind === Kind.OPERATION_DEFINITION && (!operationName || node.name?.value === operationName),
  )
  const root = operation && schema.getRootType(operation.operation)
  if (!root || !isJsonObject(data)) return 'right'
  const fragments = Object.fromEntries(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  )
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables)
  const collecting = { schema, fragments, variables: coerced ?? {}, isOrdered: true, takesInterfaces: false }
  const fields = collectFields(schema, fragments, collecting.variables, root, operation.selectionSet)
  if (fits(data, root, fields, collecting)) return 'right'
  if (fits(data, root, fields, { ...collecting, isOrdered: false })) return 'in another order'
  return fits(data, root, fields, { ...collecting, takesInterfaces: true }) ? 'of an interface' : 'wrong'
}

function fits(object: JsonObject, type: GraphQLCompositeType, fields: Fields, collecting: Collecting): boolean {
  const keys = Object.keys(object)
  if (keys.length !== fields.size) return false
  const isInPlace = (key: string, index: number) => (collecting.isOrdered ? key === keys[index] : key in object)
  if (![...fields.keys()].every(isInPlace)) return false
  return [...fields].every(([key, nodes]) => {
    const field = isUnionType(type) ? undefined : type.getFields()[nodes[0]?.name.value ?? '']
    const below = field && getNamedType(field.type)
    return !isCompositeType(below) || itemsOf(object[key]).every((item) => fitsOne(item, below, nodes, collecting))
  })
}

function fitsOne(
  item: JsonObject,
  type: GraphQLCompositeType,
  nodes: readonly FieldNode[],
  collecting: Collecting,
): boolean {
  const { schema, fragments, variables, takesInterfaces } = collecting
  const types: readonly GraphQLCompositeType[] = isAbstractType(type) ? schema.getPossibleTypes(type) : [type]
  const candidates = takesInterfaces ? [...types, type] : types
  return candidates.some((candidate) => {
    const fields = collectSubfields(schema, fragments, variables, candidate as GraphQLObjectType, nodes)
    return fits(item, candidate, fields, collecting)
  })
}

function itemsOf(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(itemsOf)
  return isJsonObject(value) ? [value] : []
}
