import type { GraphQLFormattedError } from 'graphql'
import { errorCode } from '../../platform/errors.ts'

/** Shows of an error only what is meant for clients: nothing of stacks, hosts or SQL gets out. */
export function formatError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const code = errorCode(formatted)
  if (code === 'INTERNAL_SERVER_ERROR')
    return { ...placeOf(formatted), message: INTERNAL_MESSAGE, extensions: { code } }
  const { subgraph, retryAfter, reason, limit } = formatted.extensions ?? {}
  return {
    ...placeOf(formatted),
    message: formatted.message,
    extensions: {
      code,
      ...(subgraph !== undefined && { subgraph }),
      ...(retryAfter !== undefined && { retryAfter }),
      ...(reason !== undefined && { reason }),
      ...(limit !== undefined && { limit }),
    },
  }
}

const INTERNAL_MESSAGE = 'Something broke on our side. Try again later.'

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(path && { path }), ...(locations && { locations }) }
}
