import { type DocumentNode, type FieldNode, Kind, parse, type SelectionSetNode } from 'graphql'

/** A subgraph's error as it comes over the wire. */
export interface WireError {
  readonly message: string
  readonly path: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** When a client may try again: about as long as a process takes to come back. */
const RETRY_AFTER_SECONDS = 5

/** One error for each field that a failed fetch leaves null, so that a client finds it by the field's path. */
export function unavailableErrors(
  subgraph: string,
  request: { readonly query?: string | undefined; readonly variables?: Readonly<Record<string, unknown>> | undefined },
): WireError[] {
  const representations = request.variables?.['representations']
  const count = Array.isArray(representations) ? representations.length : 0
  return missingPaths(parse(request.query ?? ''), count).map((path) => ({
    message: `This part is not available now (${subgraph}). Try again in ${RETRY_AFTER_SECONDS} seconds.`,
    path,
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: RETRY_AFTER_SECONDS },
  }))
}

function missingPaths(document: DocumentNode, entityCount: number): (string | number)[][] {
  const roots = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? fieldsOf(definition.selectionSet) : [],
  )
  return roots.flatMap((root) => {
    const below = root.selectionSet ? fieldsOf(root.selectionSet).filter(isNotKey).map(responseKey) : []
    if (root.name.value !== '_entities') {
      return below.length === 0 ? [[responseKey(root)]] : below.map((key) => [responseKey(root), key])
    }
    return Array.from({ length: entityCount }, (_, index) => below.map((key) => ['_entities', index, key])).flat()
  })
}

function fieldsOf(selectionSet: SelectionSetNode): FieldNode[] {
  return selectionSet.selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection]
    return selection.kind === Kind.INLINE_FRAGMENT ? fieldsOf(selection.selectionSet) : []
  })
}

/** What every subgraph can tell of an entity is not missing because one cannot. */
function isNotKey(field: FieldNode): boolean {
  return field.name.value !== '__typename' && field.name.value !== 'id'
}

function responseKey(field: FieldNode): string {
  return field.alias?.value ?? field.name.value
}
