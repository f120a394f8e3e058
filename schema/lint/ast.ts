import type { TypeNode } from 'graphql'

/** The name of the type under its lists and exclamation marks. */
export function namedType(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : namedType(type.type)
}
