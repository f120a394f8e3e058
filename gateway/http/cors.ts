import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'

/** How long a browser remembers what it was allowed. */
const MAX_AGE_SECONDS = 3_600

/**
 * Lets pages of these origins ask the routes of `scope`, and no others. Nobody is told by a cookie, so no browser is
 * asked to send any.
 */
export function allowOrigins(scope: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return
  void scope.register(cors, {
    origin: [...origins],
    methods: ['GET', 'POST'],
    exposedHeaders: ['x-request-id', 'retry-after'],
    maxAge: MAX_AGE_SECONDS,
  })
}
