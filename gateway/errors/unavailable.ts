import { RETRY_AFTER_SECONDS } from '../../platform/errors.ts'
import { type FetchedField, fetchedFields } from './fetched-fields.ts'

/** A subgraph's error as it comes over the wire. */
export interface WireError {
  readonly message: string
  readonly path: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** One error for each field that a failed fetch leaves null, so that a client finds it by the field's path. */
export function unavailableErrors(
  subgraph: string,
  request: { readonly query?: string | undefined; readonly variables?: Readonly<Record<string, unknown>> | undefined },
): WireError[] {
  const representations = request.variables?.['representations']
  const typenames = Array.isArray(representations) ? representations.map(({ __typename }) => String(__typename)) : []
  const paths = fetchedFields(request.query ?? '').flatMap((field) => missingPaths(field, typenames))
  return paths.map((path) => ({
    message: `This part is not available now (${subgraph}). Try again in ${RETRY_AFTER_SECONDS} seconds.`,
    path,
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph, retryAfter: RETRY_AFTER_SECONDS },
  }))
}

/** `typenames` are those of the entities that were asked for, one each. */
function missingPaths(field: FetchedField, typenames: readonly string[]): (string | number)[][] {
  if (field.isEntities) {
    return typenames.flatMap((typename, index) => field.below(typename).map((key) => ['_entities', index, key]))
  }
  const below = field.below()
  return below.length === 0 ? [[field.key]] : below.map((key) => [field.key, key])
}
