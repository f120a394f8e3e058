import { type GraphQLLeafType, isEnumType } from 'graphql'

/** Whether a value may stand for a scalar or an enum. Custom scalars take anything: only their subgraph knows. */
export type IsLeaf = (value: unknown) => boolean

export function compileLeaf(type: GraphQLLeafType): IsLeaf {
  if (isEnumType(type)) {
    const names = new Set(type.getValues().map((value) => value.name))
    return (value) => typeof value === 'string' && names.has(value)
  }
  return BUILT_IN[type.name] ?? isAnything
}

const isAnything: IsLeaf = () => true

const BUILT_IN: Readonly<Record<string, IsLeaf>> = {
  Boolean: (value) => typeof value === 'boolean',
  Int: Number.isInteger,
  Float: Number.isFinite,
  String: (value) => typeof value === 'string',
  ID: (value) => typeof value === 'string' || Number.isInteger(value),
}
