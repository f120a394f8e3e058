import { type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql'

/** A field at the root of a fetch, and what was asked for below it. */
export interface FetchedField {
  readonly isEntities: boolean
  readonly key: string
  /** The response keys below; of an entity, those that its type has. What every subgraph can tell is left out. */
  below(typename?: string): readonly string[]
}

/** The root fields of an operation that the gateway sends to a subgraph. For when something went wrong: it parses. */
export function fetchedFields(query: string): FetchedField[] {
  return parse(query, { noLocation: true }).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? fieldsOf(definition.selectionSet).map(toFetchedField) : [],
  )
}

function toFetchedField(field: FieldNode): FetchedField {
  const { selectionSet } = field
  return {
    isEntities: field.name.value === '_entities',
    key: responseKey(field),
    below: (typename) =>
      selectionSet ? [...new Set(fieldsOf(selectionSet, typename).filter(isNotKey).map(responseKey))] : [],
  }
}

/** The fields of a selection; with a type's name, those that are not asked of another type only. */
function fieldsOf(selectionSet: SelectionSetNode, typename?: string): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection]
    if (selection.kind !== Kind.INLINE_FRAGMENT) return []
    const condition = selection.typeCondition?.name.value
    if (typename !== undefined && condition !== undefined && condition !== typename) return []
    return fieldsOf(selection.selectionSet, typename)
  })
}

/** What every subgraph can tell of an entity is not missing because one cannot. */
function isNotKey(field: FieldNode): boolean {
  return field.name.value !== '__typename' && field.name.value !== 'id'
}

function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}
