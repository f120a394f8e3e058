import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { preferredLanguage } from '../platform/languages.ts'
import { createHttpServer, drainHttpServer } from '../platform/serving/http-server.ts'
import { inSpan } from '../platform/sight/tracing.ts'
import { createApolloServer } from './apollo-server.ts'
import type { GatewayContext } from './ask-subgraph.ts'
import { createCabinetEngine } from './cabinet-engine.ts'
import { readClient } from './client.ts'
import type { GatewayDependencies } from './dependencies.ts'
import { createDocumentGate } from './documents/document-gate.ts'
import { openDoor } from './door.ts'
import type { Engine } from './engine/engine.ts'
import { addExplorers, SANDBOX_ORIGIN } from './explorer/explorer.ts'
import type { Front } from './front.ts'
import { compressAnswers } from './http/compression.ts'
import { allowOrigins } from './http/cors.ts'
import { askedBy, createGraphqlRoute } from './http/graphql-route.ts'
import { answerRequestErrors } from './http/request-errors.ts'
import { addSecurityHeaders } from './http/security-headers.ts'
import { noNetworkElement } from './network-element.ts'
import type { SubgraphLink } from './prepare-fetch.ts'
import { createOperationAdmission } from './registered/admission.ts'
import { createTimeline, EXPLAIN_HEADER } from './sight/explanation.ts'
import { withTraces } from './sight/trace-operations.ts'
import { addStreams, type GatewayStreams } from './streams/add-streams.ts'
import { type SupergraphStatus, watchSupergraph } from './supergraph-status.ts'

export { ALL_OPERATIONS, type GatewayDependencies } from './dependencies.ts'

export interface Gateway {
  readonly http: FastifyInstance
  /** Which supergraph is in force now. */
  supergraphStatus(): SupergraphStatus
  /** Ends the streams of a session that was ended: whoever holds its token gets nothing more by them. */
  endStreamsOf(sessionId: string): void
  /** Stops taking requests, finishes those in flight, closes the connections to subgraphs. */
  close(): Promise<void>
}

/** Below the three seconds in which an answer is promised whatever a subgraph does. */
export const SUBGRAPH_TIMEOUT_MS = 2_000
/** What is left for fetches that had to wait for one that came to nothing. The rest of the three seconds is ours. */
const SECOND_CHANCE_MS = 500

/** The front door: one GraphQL endpoint over the supergraph. */
export async function createGateway(dependencies: GatewayDependencies): Promise<Gateway> {
  const { logger, isDevelopment, newId, clock, allowedOrigins = [] } = dependencies
  const supergraph = watchSupergraph(dependencies.supergraph, clock)
  const http = createHttpServer({
    logger,
    newId,
    trustedProxies: dependencies.trustedProxies ?? [],
    // It serves what it has: that there is a newer one which does not load is for people to see.
    remarks: () => (supergraph.status.isStale ? { supergraph: 'the newest does not load, see the log' } : {}),
  })
  const links = new Map<string, SubgraphLink>()
  const documents = createDocumentGate({
    hasIntrospection: isDevelopment,
    hasLimits: dependencies.hasOperationLimits ?? true,
  })
  const operations = createOperationAdmission(dependencies.operations)
  const door = openDoor(dependencies, { documents, operations, links })
  const front: Front = { dependencies, supergraph, documents, operations, door }
  const gateway = createCabinetEngine(front, links, dependencies.subgraphTimeoutMs ?? SUBGRAPH_TIMEOUT_MS)
  dependencies.observer?.watchOperationCache?.(gateway.operationCounts)
  const apollo = createApolloServer(http, gateway, front)
  await apollo.start()

  const streams = createGatewayStreams(http, gateway, front)
  const route = createGraphqlRoute({
    apollo,
    createContext: (request) => createContext(request, front),
    textFor: (asked, { viewer }) => inSpan('read operation', {}, () => door.textFor(asked, viewer)),
  })
  await addSecurityHeaders(http)
  const graphql: FastifyPluginAsync = async (scope) => {
    allowOrigins(scope, [...allowedOrigins, ...(isDevelopment ? [SANDBOX_ORIGIN] : [])])
    answerRequestErrors(scope, dependencies.logger)
    await compressAnswers(scope)
    scope.route({
      // Apollo Server says of the last three that they are not for it, and which are.
      method: ['GET', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
      url: '/graphql',
      onRequest: door.shedding.beforeBody,
      handler: streams.before(door.shedding.before(withTraces(route))),
    })
  }
  await http.register(graphql)
  if (isDevelopment) await addExplorers(http)

  return {
    http,
    supergraphStatus: () => supergraph.status,
    endStreamsOf: streams.endStreamsOf,
    async close() {
      await drainHttpServer(http, dependencies.drainDelayMs)
      door.close()
      await apollo.stop()
      await Promise.all([...links.values()].map(({ transport }) => transport.close()))
    },
  }
}

function createGatewayStreams(
  http: FastifyInstance,
  engine: Engine<GatewayContext>,
  { dependencies, documents, operations, door }: Front,
): GatewayStreams {
  const { subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS } = dependencies
  const answerWithinMs = subgraphTimeoutMs + SECOND_CHANCE_MS
  return addStreams(http, {
    ...dependencies,
    engine,
    documents,
    admission: operations,
    answerWithinMs,
    mayRead: door.mayRead,
    mayStart: door.mayStart,
    turnAway: door.turnAway,
  })
}

async function createContext(request: FastifyRequest, { dependencies, door }: Front): Promise<GatewayContext> {
  const { authenticate, readNetwork = noNetworkElement, logger, isDevelopment } = dependencies
  const { subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS } = dependencies
  const answerByMs = performance.now() - door.waitedMs + subgraphTimeoutMs + SECOND_CHANCE_MS
  const principal = await inSpan('authenticate', {}, () => authenticate(request.headers.authorization)).catch(
    (error: unknown) => {
      door.turnAway(request.ip)
      throw error
    },
  )
  const language = preferredLanguage(request.headers['accept-language'])
  const client = readClient(request.ip, request.headers, await readNetwork(request.raw))
  door.enter(askedBy(request), { principal, client })
  return {
    viewer: { principal, language, requestId: request.id, client },
    logger: logger.child({ requestId: request.id }),
    answerByMs,
    ...(isDevelopment && request.headers[EXPLAIN_HEADER] !== undefined && { timeline: createTimeline() }),
  }
}
