import { type GraphQLSchema, isScalarType } from 'graphql'
import { scalars } from '../platform/scalars.ts'

/**
 * Lets the front door read our scalars. A schema that comes from text takes anything for them, and a misspelt date
 * would be found out by a subgraph only, in an operation that the client did not write.
 */
export function giveScalars(schema: GraphQLSchema): void {
  for (const scalar of Object.values(scalars)) {
    const type = schema.getType(scalar.name)
    if (!isScalarType(type)) continue
    type.parseValue = scalar.parseValue
    type.parseLiteral = scalar.parseLiteral
  }
}
