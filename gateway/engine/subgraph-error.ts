import { GraphQLError } from 'graphql'
import type { Path } from './value.ts'

/** An error as a subgraph sends it. */
export interface SubgraphError {
  readonly message?: string | undefined
  readonly path?: Path | undefined
  readonly extensions?: Readonly<Record<string, unknown>> | undefined
}

const DEFAULT_CODE = 'DOWNSTREAM_SERVICE_ERROR'

/** The same error at its place in the client's answer; its code is the subgraph's own where it has one. */
export function toClientError(error: SubgraphError, subgraph: string, path: Path | undefined): GraphQLError {
  return new GraphQLError(error.message || `Error while fetching subquery from service "${subgraph}"`, {
    ...(path !== undefined && { path: [...path] }),
    extensions: { ...error.extensions, code: error.extensions?.['code'] ?? DEFAULT_CODE, serviceName: subgraph },
  })
}
