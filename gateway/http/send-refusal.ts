import type { FastifyReply } from 'fastify'
import type { GraphQLFormattedError } from 'graphql'
import { answerType } from './answer-type.ts'

/** Answers a request that comes to no operation, in the shape that clients of GraphQL read. */
export function sendRefusal(reply: FastifyReply, status: number, error: GraphQLFormattedError): FastifyReply {
  const type = answerType(reply.request.headers.accept) ?? answerType(undefined)
  return reply
    .code(status)
    .header('cache-control', 'no-store')
    .type(type as string)
    .send(JSON.stringify({ errors: [error] }))
}
