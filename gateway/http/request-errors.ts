import type { FastifyError, FastifyInstance } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import { sendRefusal } from './send-refusal.ts'

/** What is wrong with a request before there is an operation in it, told as GraphQL clients expect to be told. */
export function answerRequestErrors(scope: FastifyInstance, logger: Logger): void {
  // A page of another site may send plain text without asking; JSON it may not.
  scope.removeContentTypeParser('text/plain')
  scope.setErrorHandler<FastifyError>((error, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 500) {
      logger.error({ err: error, requestId: request.id }, 'a request failed')
      return sendRefusal(reply, 500, of('INTERNAL_SERVER_ERROR', 'Something broke on our side. Try again later.'))
    }
    return sendRefusal(reply, status, of('BAD_REQUEST', MESSAGES[status] ?? 'The request cannot be read.'))
  })
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'The body cannot be read as JSON.',
  413: 'The body is too large.',
  415: 'Send the operation as JSON, with `Content-Type: application/json`.',
}

function of(code: string, message: string): GraphQLFormattedError {
  return { message, extensions: { code } }
}
