import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Principal, StaffRole } from '../platform/identity/viewer.ts'
import { invariant } from '../platform/invariant.ts'
import { preferredLanguage } from '../platform/languages.ts'
import type { Logger } from '../platform/logger.ts'
import { type Randomness, systemRandomness } from '../platform/random.ts'
import { createHttpServer, drainHttpServer } from '../platform/serving/http-server.ts'
import { inSpan, isTracing } from '../platform/sight/tracing.ts'
import type { LimitOptions } from './admission/adaptive-limit.ts'
import type { GatewayContext } from './ask-subgraph.ts'
import { readClient } from './client.ts'
import { createDataSource } from './data-source.ts'
import { createDocumentGate, type DocumentGate } from './documents/document-gate.ts'
import { variablesPlugin } from './documents/variables.ts'
import { type Door, openDoor } from './door.ts'
import { type Candidate, createEngine, type Engine, type SupergraphSource } from './engine/engine.ts'
import { formatError } from './errors/format.ts'
import { settleErrors } from './errors/settle.ts'
import { addExplorers, SANDBOX_ORIGIN } from './explorer/explorer.ts'
import { compressAnswers } from './http/compression.ts'
import { allowOrigins } from './http/cors.ts'
import { askedBy, createGraphqlRoute } from './http/graphql-route.ts'
import { answerRequestErrors } from './http/request-errors.ts'
import { addSecurityHeaders } from './http/security-headers.ts'
import { statusPlugin } from './http/status-plugin.ts'
import { noNetworkElement, type ReadNetwork } from './network-element.ts'
import type { GatewayObserver } from './observer.ts'
import { operationNamePlugin } from './operation-name-plugin.ts'
import { createPrepareFetch, createPrepareStream, type SubgraphLink } from './prepare-fetch.ts'
import type { LimitingOptions } from './rate-limits/limiting.ts'
import { createOperationAdmission, type OperationAdmission } from './registered/admission.ts'
import { NOTHING_PREPARED, prepareRegistered } from './registered/prepare.ts'
import { readManifests } from './registered/read-manifests.ts'
import { createRegistry } from './registered/registry.ts'
import { createGuard } from './resilience/guard.ts'
import { RESILIENCE, type ResilienceOptions } from './resilience/options.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import { giveScalars } from './scalars.ts'
import { withSharedAnswers } from './sharing/shared-answers.ts'
import { createTimeline, EXPLAIN_HEADER, explanationPlugin } from './sight/explanation.ts'
import { observeOperations } from './sight/operation-plugin.ts'
import { nameTraces, withTraces } from './sight/trace-operations.ts'
import { addStreams, type GatewayStreams } from './streams/add-streams.ts'
import { subscriptionPlugin } from './subscription-plugin.ts'
import { type SupergraphStatus, type SupergraphWatch, watchSupergraph } from './supergraph-status.ts'
import type { Transport } from './transport/transport.ts'

export interface GatewayDependencies {
  readonly supergraph: SupergraphSource
  /** How to reach each subgraph of the supergraph, by name. */
  readonly transports: (subgraph: SubgraphAddress) => Transport
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>
  readonly clock: Clock
  readonly newId: () => string
  readonly logger: Logger
  readonly subgraphTimeoutMs?: number
  /** How subgraphs in trouble are dealt with, where it is not as usual. */
  readonly resilience?: Partial<ResilienceOptions>
  /** Spreads retries. */
  readonly random?: Randomness
  readonly observer?: GatewayObserver
  /** How many requests may be worked on at once, at least and at most; any number, when left out. */
  readonly admission?: LimitOptions
  /** How much one sender may ask for; anything, when left out. */
  readonly rateLimits?: LimitingOptions
  /** Introspection, explorers and cross-origin requests of Apollo's Sandbox. */
  readonly isDevelopment: boolean
  readonly operations: OperationsOptions
  /** False for a supergraph that is not ours: the limits of operations fit ours. */
  readonly hasOperationLimits?: boolean
  /** The sites whose pages may ask this gateway from a browser; none if left out. */
  readonly allowedOrigins?: readonly string[]
  /** Addresses or networks (CIDR) of the balancers before this gateway: only they may say whom they speak for. */
  readonly trustedProxies?: readonly string[]
  /** What the operator's network says of a request; nothing, where there is no element that says it. */
  readonly readNetwork?: ReadNetwork
  /** How long "not ready" is shown before connections are refused. */
  readonly drainDelayMs?: number
}

/** Which operations may be run. */
export interface OperationsOptions {
  /** The folder with the manifests of registered operations; they are read again with each supergraph. */
  readonly manifests: string | null
  /** Whether anybody may run what is not registered. */
  readonly isOpen: boolean
  /** The roles of staff that may run any operation where it is not open. */
  readonly adHocRoles: readonly StaffRole[]
}

/** None is registered, and anybody may run any. */
export const ALL_OPERATIONS: OperationsOptions = { manifests: null, isOpen: true, adHocRoles: [] }

/** A subgraph as the supergraph names it. */
export interface SubgraphAddress {
  readonly name: string
  readonly url: string
}

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
  const gateway = createCabinetEngine(front, links)
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
    answerRequestErrors(scope)
    await compressAnswers(scope)
    scope.route({
      method: ['GET', 'POST', 'OPTIONS'],
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

/** What the parts of one gateway share. */
interface Front {
  readonly dependencies: GatewayDependencies
  readonly supergraph: SupergraphWatch
  readonly documents: DocumentGate
  readonly operations: OperationAdmission
  readonly door: Door
}

function createApolloServer(
  http: FastifyInstance,
  gateway: Engine<GatewayContext>,
  { dependencies: { logger, isDevelopment, observer }, documents, operations }: Front,
): ApolloServer<GatewayContext> {
  return new ApolloServer<GatewayContext>({
    gateway: withSharedAnswers(gateway, {
      now: () => performance.now(),
      onShared: () => observer?.answerShared?.(),
    }),
    introspection: isDevelopment,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Who asks is told by a header, which no other site can make a browser send, and GET changes nothing.
    csrfPrevention: false,
    // It is given texts only: ids are looked up before.
    persistedQueries: false,
    documentStore: documents.documentStore,
    formatError,
    plugins: [
      fastifyApolloDrainPlugin(http),
      ApolloServerPluginLandingPageDisabled(),
      operationNamePlugin,
      variablesPlugin,
      subscriptionPlugin,
      settlingPlugin,
      statusPlugin,
      ...(isTracing() ? [nameTraces(operations)] : []),
      ...(isDevelopment ? [explanationPlugin(gateway.describePlan)] : []),
      ...(observer ? [observeOperations(observer, operations)] : []),
    ],
    logger,
  })
}

/** Makes all ready for a supergraph that is about to take over; its last step is taken in the moment of doing so. */
async function makeReady(
  candidate: Candidate,
  { dependencies, supergraph, documents, operations: admission }: Front,
): Promise<() => void> {
  const { operations, logger } = dependencies
  giveScalars(candidate.apiSchema)
  const startedAt = performance.now()
  const registry = createRegistry(operations.manifests === null ? [] : await readManifests(operations.manifests))
  // Who develops would wait at every start for plans of which the next edit makes new ones.
  const { operations: ready, misfits } = operations.isOpen
    ? NOTHING_PREPARED
    : await prepareRegistered(candidate, registry, documents.rules)
  const durationMs = Math.round(performance.now() - startedAt)
  if (!operations.isOpen) logger.info({ count: ready.size, durationMs }, 'registered operations are planned')
  if (misfits.length > 0) logger.error({ misfits }, 'registered operations do not fit the supergraph')
  return () => {
    documents.useSchema(candidate.apiSchema, ready)
    admission.use(registry)
    supergraph.taken(candidate.sdl, misfits)
  }
}

function createCabinetEngine(front: Front, links: Map<string, SubgraphLink>): Engine<GatewayContext> {
  const { dependencies } = front
  const timeoutMs = dependencies.subgraphTimeoutMs ?? SUBGRAPH_TIMEOUT_MS
  return createEngine<GatewayContext>({
    supergraph: front.supergraph.source,
    makeReady: (candidate) => makeReady(candidate, front),
    logger: dependencies.logger,
    prepareFor({ subgraphs, fullSchema }) {
      for (const subgraph of subgraphs) {
        if (!links.has(subgraph.name)) links.set(subgraph.name, createLink(subgraph, dependencies, timeoutMs))
      }
      return createPrepareFetch({ schema: fullSchema, links, timeoutMs })
    },
    prepareStreamFor: ({ fullSchema }) => createPrepareStream({ schema: fullSchema, links, timeoutMs }),
    dataSourcesFor:
      ({ fullSchema }) =>
      (subgraph) => {
        const link = links.get(subgraph)
        invariant(link, `there is a transport to each subgraph of the supergraph, and so to ${subgraph}`)
        return createDataSource({
          subgraph,
          ...link,
          timeoutMs,
          checkResponse: createResponseCheck(fullSchema, subgraph),
        })
      },
  })
}

function createLink(
  subgraph: SubgraphAddress,
  { transports, logger, random = systemRandomness, observer = {}, resilience }: GatewayDependencies,
  timeoutMs: number,
): SubgraphLink {
  const options = { ...RESILIENCE, ...resilience }
  const guard = createGuard({ subgraph: subgraph.name, timeoutMs, options, random, logger, observer })
  return { transport: transports(subgraph), guard }
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
    mayStart: door.mayStart,
  })
}

async function createContext(request: FastifyRequest, { dependencies, door }: Front): Promise<GatewayContext> {
  const { authenticate, readNetwork = noNetworkElement, logger, isDevelopment } = dependencies
  const { subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS } = dependencies
  const answerByMs = performance.now() - door.waitedMs + subgraphTimeoutMs + SECOND_CHANCE_MS
  const principal = await inSpan('authenticate', {}, () => authenticate(request.headers.authorization))
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

/** The last look at an answer before it leaves. */
const settlingPlugin: ApolloServerPlugin<GatewayContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ response }) {
        if (response.body.kind !== 'single') return
        const { singleResult } = response.body
        if (singleResult.errors) singleResult.errors = settleErrors(singleResult.errors, singleResult.data)
        // Apollo's own account of nulls that spread: it names fields of the plan, not of the client's query.
        const { valueCompletion: _, ...extensions } = singleResult.extensions ?? {}
        Object.assign(singleResult, { extensions: Object.keys(extensions).length > 0 ? extensions : undefined })
      },
    }
  },
}
