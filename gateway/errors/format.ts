import type { GraphQLFormattedError } from 'graphql'
import { errorCode } from '../../platform/errors.ts'

/** Shows of an error only what is meant for clients: nothing of stacks, hosts or SQL gets out. */
export function formatError(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const misuse = MISUSED_HASHES[formatted.message]
  if (misuse !== undefined) return { message: misuse, extensions: { code: 'BAD_REQUEST' } }
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

/** What Apollo Server says, without a code, of hashes that it cannot take. */
const MISUSED_HASHES: Readonly<Record<string, string>> = {
  'provided sha does not match query':
    'The text has another hash than it came with. Send the SHA-256 of the text, or the text alone.',
  'Unsupported persisted query version': 'Send `extensions.persistedQuery` as { version: 1, sha256Hash: "…" }.',
}

const INTERNAL_MESSAGE = 'Something broke on our side. Try again later.'

function placeOf({ path, locations }: GraphQLFormattedError): Pick<GraphQLFormattedError, 'path' | 'locations'> {
  return { ...(path && { path }), ...(locations && { locations }) }
}
