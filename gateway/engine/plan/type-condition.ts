import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql'

/** Tells whether the type of an object (its `__typename`) satisfies `... on condition`. Remembers its answers. */
export type TypeCondition = (typename: string) => boolean

export function compileTypeCondition(schema: GraphQLSchema, condition: string): TypeCondition {
  const known = new Map<string, boolean>([[condition, true]])
  return (typename) => {
    const answer = known.get(typename) ?? isSubtype(schema, typename, condition)
    known.set(typename, answer)
    return answer
  }
}

function isSubtype(schema: GraphQLSchema, typename: string, condition: string): boolean {
  const type = schema.getType(typename)
  const conditionType = schema.getType(condition)
  if (!isAbstractType(conditionType)) return false
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(conditionType, type)
}
