import { hash } from 'node:crypto'
import { type DocumentNode, type FieldNode, Kind, print, type SelectionSetNode, visit } from 'graphql'

/** What names an operation for good: the hash of its text, as Apollo's clients make it. */
export function operationId(text: string): string {
  return hash('sha256', text)
}

/**
 * The operation as clients with a cache send it: Apollo Client and urql ask for `__typename` wherever something is
 * selected, but for the root.
 */
export function withTypenames(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet(set, _, parent) {
      if (parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION) return undefined
      return hasTypename(set) ? undefined : { ...set, selections: [...set.selections, TYPENAME] }
    },
  })
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

function hasTypename({ selections }: SelectionSetNode): boolean {
  return selections.some((selection) => selection.kind === Kind.FIELD && selection.name.value.startsWith('__'))
}

/** By what two texts are known for the same operation: spaces, comments and the order of fragments do not count. */
export function sameAs(document: DocumentNode): string {
  return operationId(document.definitions.map(print).sort().join('\n'))
}
