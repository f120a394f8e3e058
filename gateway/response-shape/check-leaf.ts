import { type GraphQLLeafType, isEnumType } from 'graphql'
import type { Check } from './check.ts'

const IS_SCALAR: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: Number.isInteger,
  Float: Number.isFinite,
  String: isString,
  Boolean: (value) => typeof value === 'boolean',
  ID: (value) => isString(value) || Number.isInteger(value),
  // What these say is the subgraph's word. Here it counts that a client gets the kind of value that it reads.
  PhoneNumber: isString,
  DateTime: isString,
  Date: isString,
  Decimal: isString,
}

/** A scalar's kind, or an enum's known value. A scalar that is not known here may be anything. */
export function checkLeaf(type: GraphQLLeafType): Check {
  const isRight = isEnumType(type)
    ? (value: unknown) => isString(value) && type.getValue(value) !== undefined
    : IS_SCALAR[type.name]
  if (!isRight) return () => null
  return (value) => (isRight(value) ? null : ` is not of type ${type.name}`)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}
