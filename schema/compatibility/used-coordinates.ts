import {
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  TypeInfo,
  typeFromAST,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/**
 * The places of a schema that an operation leans on: `Type.field`, `Type.field.argument`, `Input.field`, `Enum.VALUE`.
 * What goes through a variable or comes in an answer is not seen in the text, so of an input type every field counts as
 * used, and of an enum every value.
 */
export function usedCoordinates(schema: GraphQLSchema, document: DocumentNode): Set<string> {
  const used = new Set<string>()
  const info = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(info, {
      Field() {
        const parent = info.getParentType()
        const field = info.getFieldDef()
        if (!parent || !field) return
        for (const type of typesOf(schema, parent)) used.add(`${type}.${field.name}`)
        addInside(used, getNamedType(field.type))
      },
      Argument({ name }) {
        const parent = info.getParentType()
        const field = info.getFieldDef()
        const argument = info.getArgument()
        if (parent && field) used.add(`${parent.name}.${field.name}.${name.value}`)
        if (argument) addInside(used, getNamedType(argument.type))
      },
      VariableDefinition({ type }) {
        const input = typeFromAST(schema, type as never) as GraphQLInputType | undefined
        if (input) addInside(used, getNamedType(input))
      },
    }),
  )
  return used
}

/** A field of an interface is a field of all that implement it. */
function typesOf(schema: GraphQLSchema, type: GraphQLNamedType): string[] {
  if (!isInterfaceType(type)) return [type.name]
  return [type, ...schema.getPossibleTypes(type)].map(({ name }) => name)
}

function addInside(used: Set<string>, type: GraphQLNamedType): void {
  if (isEnumType(type)) for (const value of type.getValues()) used.add(`${type.name}.${value.name}`)
  if (!isInputObjectType(type)) return
  for (const field of Object.values(type.getFields())) {
    const coordinate = `${type.name}.${field.name}`
    if (used.has(coordinate)) continue
    used.add(coordinate)
    addInside(used, getNamedType(field.type))
  }
}
