import {
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
} from 'graphql'

/** The types that some operation can meet, when the fields that are left out by `isGone` are not there. */
export function reachableTypes(schema: GraphQLSchema, isGone: (coordinate: string) => boolean): Set<string> {
  const reached = new Set<string>()
  const waiting: GraphQLNamedType[] = [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ].filter((type) => type !== null && type !== undefined)
  for (let type = waiting.pop(); type; type = waiting.pop()) {
    if (reached.has(type.name)) continue
    reached.add(type.name)
    waiting.push(...nextTypes(schema, type, isGone))
  }
  return reached
}

function nextTypes(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  isGone: (coordinate: string) => boolean,
): GraphQLNamedType[] {
  if (isUnionType(type)) return [...type.getTypes()]
  if (isInputObjectType(type)) return Object.values(type.getFields()).map((field) => getNamedType(field.type))
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  const fields = Object.values(type.getFields()).filter((field) => !isGone(`${type.name}.${field.name}`))
  return [
    ...fields.flatMap((field) => [field, ...field.args].map((typed) => getNamedType(typed.type))),
    ...type.getInterfaces(),
    ...(isInterfaceType(type) ? schema.getPossibleTypes(type) : []),
  ]
}
