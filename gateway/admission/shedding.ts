import { HeaderMap } from '@apollo/server'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import { GraphQLError } from 'graphql'
import type { Randomness } from '../../platform/random.ts'
import type { OperationProfile } from '../documents/document-gate.ts'
import type { Admission } from './admission.ts'
import type { Priority } from './priorities.ts'

/** Sends requests away that there is no room for, before anything is spent on them. */
export interface Shedding {
  /** A hook: when there is no room at all, not even the body is read. */
  beforeBody(request: FastifyRequest, reply: FastifyReply, done: () => void): void
  /** A route's handler behind the admission: by the text, of which is remembered what it is. */
  before(handler: RouteHandlerMethod): RouteHandlerMethod
  /** Throws for a request that is let in for its text to be read, and turns out to be one that others go before. */
  confirm(priority: Priority): void
  /** Throws for a stream that is to start when there is no room. */
  confirmStream(): void
}

/** Those who are sent away come back spread over this time. */
const RETRY_AFTER_SECONDS_MAX = 5

export interface SheddingDependencies {
  readonly admission: Admission
  /** What is known of a request's operation without looking into its text. */
  readonly recall: (request: FastifyRequest) => OperationProfile | undefined
  readonly random: Randomness
}

export function createShedding({ admission, recall, random }: SheddingDependencies): Shedding {
  const pause = () => 1 + random.below(RETRY_AFTER_SECONDS_MAX)
  const shed = (reply: FastifyReply) => {
    const retryAfter = pause()
    return reply
      .code(503)
      .header('retry-after', retryAfter)
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(BODIES[retryAfter])
  }
  return {
    beforeBody(_, reply, done) {
      if (admission.isFull) void shed(reply)
      else done()
    },
    before: (handler) =>
      async function (request, reply) {
        if (!admission.enter(recall(request)?.priority ?? null)) return shed(reply)
        try {
          return await handler.call(this, request, reply)
        } finally {
          admission.leave()
        }
      },
    confirm(priority) {
      if (!admission.mayStay(priority)) throw overloaded(pause())
    },
    confirmStream() {
      if (!admission.hasRoom('stream')) throw overloaded(pause())
    },
  }
}

/** When there is no admission, all are let in. */
export const NO_SHEDDING: Shedding = {
  beforeBody: (_, __, done) => done(),
  before: (handler) => handler,
  confirm: () => undefined,
  confirmStream: () => undefined,
}

function overloaded(retryAfter: number): GraphQLError {
  const http = { status: 503, headers: new HeaderMap([['retry-after', String(retryAfter)]]) }
  const extensions: Record<string, unknown> = { code: 'OVERLOADED', retryAfter, http }
  return new GraphQLError(messageFor(retryAfter), { extensions })
}

function messageFor(retryAfter: number): string {
  return `There is more to do than can be done. Try again in ${retryAfter} seconds.`
}

/** Written once: sending away must cost next to nothing. */
const BODIES: readonly string[] = Array.from({ length: RETRY_AFTER_SECONDS_MAX + 1 }, (_, retryAfter) =>
  JSON.stringify({ errors: [{ message: messageFor(retryAfter), extensions: { code: 'OVERLOADED', retryAfter } }] }),
)
