import { type ExecutionResult, GraphQLError } from 'graphql'
import { isDatabaseAway, isLockedTooLong } from '../database/is-away.ts'
import { badUserInput, errorCode, unavailable } from '../errors.ts'
import type { Logger } from '../logger.ts'

/** Lets errors with a stable code through and hides every other behind one, after logging it with its stack. */
export function maskErrors(result: ExecutionResult, logger: Logger): ExecutionResult {
  if (!result.errors) return result
  if (result.data === undefined) return { errors: result.errors.map((error) => maskRefusal(error, logger)) }
  return { ...result, errors: result.errors.map((error) => maskError(error, logger)) }
}

/** graphql-js leaves the data out when it did not begin: the variables do not fit, or a field refused to be watched. */
function maskRefusal(error: GraphQLError, logger: Logger): GraphQLError {
  return error.path ? maskError(error, logger) : badUserInput(error.message)
}

function maskError(error: GraphQLError, logger: Logger): GraphQLError {
  if (errorCode(error) !== 'INTERNAL_SERVER_ERROR') return error
  const cause = error.originalError ?? error
  const away = reasonToComeAgain(cause)
  logger.error({ err: cause, path: error.path }, away ?? 'a resolver failed')
  const { message, extensions } = away === null ? internal() : unavailable()
  return new GraphQLError(message, { ...(error.path && { path: error.path }), extensions })
}

/** What is not there now, and will be; null where to ask again does not help. */
function reasonToComeAgain(cause: Error): string | null {
  if (isDatabaseAway(cause)) return 'the database is away'
  return isLockedTooLong(cause) ? 'what was wanted is locked by somebody else' : null
}

function internal(): GraphQLError {
  return new GraphQLError('Something broke on our side. Try again later.', {
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  })
}
