import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isOutputType,
  isUnionType,
  parseType,
  typeFromAST,
  valueFromASTUntyped,
} from 'graphql'
import { graphName } from '../plan/graph-name.ts'

interface Place {
  readonly schema: GraphQLSchema
  readonly subgraph: string
}

/** A field's type as one subgraph declares it, which may promise more than the whole graph does; null for no such field. */
export function fieldType(place: Place, parent: GraphQLCompositeType, name: string): GraphQLOutputType | null {
  const field = isUnionType(parent) ? undefined : parent.getFields()[name]
  if (!field) return null
  for (const directive of field.astNode?.directives ?? []) {
    if (directive.name.value !== 'join__field') continue
    const values = Object.fromEntries(
      (directive.arguments ?? []).map((argument) => [argument.name.value, valueFromASTUntyped(argument.value)]),
    )
    if (graphName(values['graph']) !== graphName(place.subgraph) || typeof values['type'] !== 'string') continue
    const declared = typeFromAST(place.schema, parseType(values['type']) as never)
    return isOutputType(declared) ? declared : field.type
  }
  return field.type
}
