import { GraphQLError } from 'graphql'

/**
 * The stable codes of top-level errors: not signed in, not allowed, malformed, over a limit, a part that is down.
 * Anything else is a bug and leaves as `INTERNAL_SERVER_ERROR` with nothing of its inside.
 */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'REASON_REQUIRED',
  'BAD_USER_INPUT',
  'SUBGRAPH_UNAVAILABLE',
  'BALANCE_UNDER_REVIEW',
  'OPERATION_TOO_LARGE',
  'OPERATION_NOT_REGISTERED',
  'STREAM_INTERRUPTED',
  'TOO_MANY_STREAMS',
  'OVERLOADED',
  'RATE_LIMITED',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'INTERNAL_SERVER_ERROR',
] as const
export type ErrorCode = (typeof ERROR_CODES)[number]

export function unauthenticated(message = 'Sign in first.'): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAUTHENTICATED' } })
}

export function forbidden(): GraphQLError {
  return new GraphQLError('This is not for you to see or do.', { extensions: { code: 'FORBIDDEN' } })
}

/** For staff: what they see or do about a customer is written down with the reason. */
export function reasonRequired(): GraphQLError {
  return new GraphQLError('Say why you need this: send the header `x-reason`, percent-encoded.', {
    extensions: { code: 'REASON_REQUIRED' },
  })
}

export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** When a client may try again what was unavailable: about as long as a process takes to come back. */
export const RETRY_AFTER_SECONDS = 5

/** A part of the graph that cannot answer now; the gateway adds which. */
export function unavailable(): GraphQLError {
  return new GraphQLError(`This part is not available now. Try again in ${RETRY_AFTER_SECONDS} seconds.`, {
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', retryAfter: RETRY_AFTER_SECONDS },
  })
}

/** Money that does not reconcile: it is not shown until it is known to be right. */
export function balanceUnderReview(): GraphQLError {
  return new GraphQLError('The balance of this line is being checked and will be shown when it is right. Try later.', {
    extensions: { code: 'BALANCE_UNDER_REVIEW' },
  })
}

/** A stream that ends though nothing is wrong with it: its client goes on after the last event that it has seen. */
export function streamInterrupted(): GraphQLError {
  return new GraphQLError('The stream was interrupted. Subscribe again after the last event that you have seen.', {
    extensions: { code: 'STREAM_INTERRUPTED' },
  })
}

export function tooManyStreams(max: number): GraphQLError {
  return new GraphQLError(`There may be ${max} streams at once. End one first.`, {
    extensions: { code: 'TOO_MANY_STREAMS' },
  })
}

export function errorCode(error: { extensions?: Record<string, unknown> | undefined }): ErrorCode {
  const code = error.extensions?.['code']
  return ERROR_CODES.find((known) => known === code) ?? 'INTERNAL_SERVER_ERROR'
}
