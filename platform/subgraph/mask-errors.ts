import { type ExecutionResult, GraphQLError } from 'graphql'
import { errorCode } from '../errors.ts'
import type { Logger } from '../logger.ts'

/** Lets errors with a stable code through and hides every other behind one, after logging it with its stack. */
export function maskErrors(result: ExecutionResult, logger: Logger): ExecutionResult {
  if (!result.errors) return result
  return { ...result, errors: result.errors.map((error) => maskError(error, logger)) }
}

function maskError(error: GraphQLError, logger: Logger): GraphQLError {
  if (errorCode(error) !== 'INTERNAL_SERVER_ERROR' || isClientFault(error)) return error
  logger.error({ err: error.originalError ?? error, path: error.path }, 'a resolver failed')
  return new GraphQLError('Something broke on our side. Try again later.', {
    ...(error.path && { path: error.path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR' },
  })
}

/** Variables that do not fit their types: graphql-js reports them with no path and no original error. */
function isClientFault(error: GraphQLError): boolean {
  return error.path === undefined && error.originalError === undefined
}
