import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'

const LAST_MONTH = /Removed after (\d{4})-(\d{2})\.$/

/** The reason for which a place (`Type.field`, `Type.field.argument`, `Enum.VALUE`) is deprecated; null when it is not. */
export function deprecationAt(schema: GraphQLSchema, coordinate: string): string | null {
  const [typeName = '', memberName = '', argumentName] = coordinate.split('.')
  const type = schema.getType(typeName)
  if (isEnumType(type)) return type.getValue(memberName)?.deprecationReason ?? null
  if (isInputObjectType(type)) return type.getFields()[memberName]?.deprecationReason ?? null
  if (!isObjectType(type) && !isInterfaceType(type)) return null
  const field = type.getFields()[memberName]
  if (argumentName === undefined) return field?.deprecationReason ?? null
  return field?.args.find(({ name }) => name === argumentName)?.deprecationReason ?? null
}

/** When what was deprecated may go: the first moment after the month that its reason names; null when it names none. */
export function mayGoFrom(reason: string): Date | null {
  const [, year, month] = LAST_MONTH.exec(reason) ?? []
  return year === undefined ? null : new Date(Date.UTC(Number(year), Number(month), 1))
}
