import type { ExecutionResult, GraphQLError } from 'graphql'
import { fetchedFields } from './fetched-fields.ts'

export type ResultError = Pick<GraphQLError, 'message' | 'path' | 'extensions'>

/** An answer of a subgraph, in memory or from the wire. */
export interface SubgraphResult {
  readonly data?: ExecutionResult['data']
  readonly errors?: readonly ResultError[] | undefined
}

/**
 * Several subgraphs may tell of one root object, such as `viewer`. One that failed to must not take it from the
 * others: its null is left out of what is merged, and its error goes to the fields that it alone would have told.
 */
export function withoutFailedRoots(query: string, { data, errors }: SubgraphResult): SubgraphResult {
  if (!data || !errors) return { data, errors }
  const failed = fetchedFields(query).filter(
    (field) => !field.isEntities && data[field.key] === null && errors.some((error) => isOf(error, field.key)),
  )
  if (failed.length === 0) return { data, errors }
  const spread = errors.flatMap((error) => {
    const below = failed.find((field) => isOf(error, field.key))?.below() ?? []
    if (below.length === 0) return [error]
    const { message, extensions, path } = error
    return below.map((key) => ({ message, extensions, path: [...(path ?? []), key] }))
  })
  const keys = new Set(failed.map((field) => field.key))
  return { data: Object.fromEntries(Object.entries(data).filter(([key]) => !keys.has(key))), errors: spread }
}

function isOf({ path }: ResultError, key: string): boolean {
  return path?.length === 1 && path[0] === key
}
