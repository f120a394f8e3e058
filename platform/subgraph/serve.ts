import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { domainEvent, mayTell } from '../events/event.ts'
import { type InternalIdentity, verifyInternalToken, viewerOf } from '../identity/internal-token.ts'
import type { Logger } from '../logger.ts'
import { createHttpServer } from '../serving/http-server.ts'
import { underTraceparent } from '../sight/tracing.ts'
import { type Identify, serveBatch } from './serve-batch.ts'
import { serveStream } from './serve-stream.ts'
import type { Subgraph, SubgraphRequest } from './subgraph.ts'

export interface SubgraphServerOptions {
  readonly subgraph: Subgraph
  /** Finds the public keys of the gateway and of the other subgraphs. */
  readonly findKey: JWTVerifyGetKey
  readonly clock: Clock
  readonly newId: () => string
  readonly logger: Logger
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[]
}

const IDENTITIES_MAX = 10_000
const IDENTITY_REUSE_MS = 5_000

const graphqlBody = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
})

/** Puts a subgraph behind HTTP. Operations are taken from the gateway and, for
 * themselves, from other subgraphs; batches and streams from the gateway only, events from other subgraphs only. */
export function serveSubgraph(options: SubgraphServerOptions): FastifyInstance {
  const { subgraph, findKey, clock, newId, logger, trustedProxies = [] } = options
  const http = createHttpServer({ logger, newId, checkReady: subgraph.checkReady, trustedProxies })
  const identify = createIdentifier(subgraph.name, findKey, clock)

  http.post('/graphql', async (request, reply) => {
    const identity = await identify(bearerToken(request))
    if (!identity || (identity.issuer !== 'gateway' && identity.principal.kind !== 'service')) {
      return reply.status(401).send(UNAUTHENTICATED)
    }
    const operation = readRequest(request.body)
    if (!operation) return reply.status(400).send(BAD_REQUEST)
    return underTraceparent(request.headers['traceparent'], () =>
      subgraph.execute(operation, viewerOf(identity, request.id)),
    )
  })

  serveBatch(http, { subgraph, identify, logger })
  serveStream(http, { subgraph, identify, logger, readRequest })

  http.post('/events', async (request, reply) => {
    const identity = await identify(bearerToken(request))
    if (!identity || identity.issuer === 'gateway') return reply.status(401).send(UNAUTHENTICATED)
    const event = domainEvent.safeParse(request.body)
    if (!event.success) return reply.status(400).send(BAD_REQUEST)
    if (!mayTell(identity.issuer, event.data)) return reply.status(401).send(UNAUTHENTICATED)
    await underTraceparent(request.headers['traceparent'], () => subgraph.receive(event.data))
    return reply.status(204).send()
  })
  return http
}

const UNAUTHENTICATED = {
  errors: [{ message: 'Only the gateway and other subgraphs may call this.', extensions: { code: 'UNAUTHENTICATED' } }],
}
const BAD_REQUEST = { errors: [{ message: 'The body cannot be read.', extensions: { code: 'BAD_REQUEST' } }] }

function readRequest(body: unknown): SubgraphRequest | null {
  const { success, data } = graphqlBody.safeParse(body)
  if (!success) return null
  const { query, operationName, variables } = data
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} }
}

function bearerToken({ headers }: FastifyRequest): string | undefined {
  return headers.authorization?.replace(/^Bearer /, '')
}

/** Checks a token's signature once in some seconds: the gateway sends the same one with many requests. */
function createIdentifier(audience: string, findKey: JWTVerifyGetKey, clock: Clock): Identify {
  const known = new LRUCache<string, { readonly identity: InternalIdentity; readonly reuseUntil: number }>({
    max: IDENTITIES_MAX,
  })
  return async (token) => {
    if (!token) return null
    const now = clock.now().getTime()
    const found = known.get(token)
    if (found && found.reuseUntil > now) return found.identity
    const identity = await verifyInternalToken(token, audience, findKey, clock)
    if (identity) known.set(token, { identity, reuseUntil: now + IDENTITY_REUSE_MS })
    return identity
  }
}
