import type { SupergraphManager } from '@apollo/gateway'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Principal } from '../platform/identity/viewer.ts'
import { invariant } from '../platform/invariant.ts'
import { preferredLanguage } from '../platform/languages.ts'
import type { Logger } from '../platform/logger.ts'
import { type Randomness, systemRandomness } from '../platform/random.ts'
import { createHttpServer, drainHttpServer } from '../platform/serving/http-server.ts'
import type { LimitOptions } from './admission/adaptive-limit.ts'
import { createAdmission } from './admission/admission.ts'
import { createShedding, NO_SHEDDING, type Shedding } from './admission/shedding.ts'
import { startStrainGauge } from './admission/strain-gauge.ts'
import type { GatewayContext } from './ask-subgraph.ts'
import { readClient } from './client.ts'
import { createDataSource } from './data-source.ts'
import { createDocumentGate, type DocumentGate, type OperationProfile } from './documents/document-gate.ts'
import { variablesPlugin } from './documents/variables.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { formatError } from './errors/format.ts'
import { settleErrors } from './errors/settle.ts'
import { addExplorers, allowSandbox } from './explorer/explorer.ts'
import { answerRequestErrors } from './http/request-errors.ts'
import { statusPlugin } from './http/status-plugin.ts'
import { noNetworkElement, type ReadNetwork } from './network-element.ts'
import type { GatewayObserver } from './observer.ts'
import { operationNamePlugin } from './operation-name-plugin.ts'
import { createPrepareFetch, createPrepareStream, type SubgraphLink } from './prepare-fetch.ts'
import { type Limiting, type LimitingOptions, NO_LIMITING, startLimiting } from './rate-limits/limiting.ts'
import { createGuard } from './resilience/guard.ts'
import { RESILIENCE, type ResilienceOptions } from './resilience/options.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import { scalarsPlugin } from './scalars-plugin.ts'
import { withSharedAnswers } from './sharing/shared-answers.ts'
import { createTimeline, EXPLAIN_HEADER, explanationPlugin } from './sight/explanation.ts'
import { observeOperations } from './sight/operation-plugin.ts'
import { withTraces } from './sight/trace-operations.ts'
import { addStreams, type GatewayStreams } from './streams/add-streams.ts'
import { subscriptionPlugin } from './subscription-plugin.ts'
import type { Transport } from './transport/transport.ts'

export interface GatewayDependencies {
  readonly supergraph: SupergraphManager
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
  /** The names of operations that may be shown in traces; none, when left out. */
  readonly knownOperations?: ReadonlySet<string>
  /** How many requests may be worked on at once, at least and at most; any number, when left out. */
  readonly admission?: LimitOptions
  /** How much one sender may ask for; anything, when left out. */
  readonly rateLimits?: LimitingOptions
  /** Introspection, explorers and cross-origin requests of Apollo's Sandbox. */
  readonly isDevelopment: boolean
  /** Addresses or networks (CIDR) of the balancers before this gateway: only they may say whom they speak for. */
  readonly trustedProxies?: readonly string[]
  /** What the operator's network says of a request; nothing, where there is no element that says it. */
  readonly readNetwork?: ReadNetwork
  /** How long "not ready" is shown before connections are refused. */
  readonly drainDelayMs?: number
}

/** A subgraph as the supergraph names it. */
export interface SubgraphAddress {
  readonly name: string
  readonly url: string
}

export interface Gateway {
  readonly http: FastifyInstance
  /** Ends the streams of a session that was ended: whoever holds its token gets nothing more by them. */
  endStreamsOf(sessionId: string): void
  /** Stops taking requests, finishes those in flight, closes the connections to subgraphs. */
  close(): Promise<void>
}

/** Below the three seconds in which an answer is promised whatever a subgraph does. */
export const SUBGRAPH_TIMEOUT_MS = 2_000
/** What is left for fetches that had to wait for one that came to nothing. */
const SECOND_CHANCE_MS = 700

/** The front door: one GraphQL endpoint over the supergraph. */
export async function createGateway(dependencies: GatewayDependencies): Promise<Gateway> {
  const { logger, isDevelopment, newId } = dependencies
  const http = createHttpServer({ logger, newId, trustedProxies: dependencies.trustedProxies ?? [] })
  const links = new Map<string, SubgraphLink>()
  const gateway = createCabinetEngine(dependencies, links)
  const documents = createDocumentGate({ hasIntrospection: isDevelopment })
  dependencies.observer?.watchOperationCache?.(gateway.operationCounts)
  const door = openDoor(dependencies, { documents, links })
  const apollo = new ApolloServer<GatewayContext>({
    gateway: withTraces(
      withSharedAnswers(gateway, {
        now: () => performance.now(),
        onShared: () => dependencies.observer?.answerShared?.(),
      }),
      dependencies.knownOperations ?? new Set(),
    ),
    introspection: isDevelopment,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Who asks is told by a header, which no other site can make a browser send, and GET changes nothing.
    csrfPrevention: false,
    documentStore: documents.documentStore,
    formatError,
    plugins: [
      fastifyApolloDrainPlugin(http),
      ApolloServerPluginLandingPageDisabled(),
      scalarsPlugin,
      operationNamePlugin,
      variablesPlugin,
      subscriptionPlugin,
      settlingPlugin,
      statusPlugin,
      schemaPlugin(documents),
      ...(isDevelopment ? [explanationPlugin(gateway.describePlan)] : []),
      ...(dependencies.observer ? [observeOperations(dependencies.observer)] : []),
    ],
    logger,
  })
  await apollo.start()

  const streams = createGatewayStreams(http, { engine: gateway, documents, door }, dependencies)
  const context = (request: FastifyRequest) => createContext(request, dependencies, { documents, door })
  await http.register((scope, _, done) => {
    if (isDevelopment) allowSandbox(scope)
    answerRequestErrors(scope)
    scope.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: '/graphql',
      onRequest: door.shedding.beforeBody,
      handler: streams.before(door.shedding.before(fastifyApolloHandler(apollo, { context }))),
    })
    done()
  })
  if (isDevelopment) await addExplorers(http)

  return {
    http,
    endStreamsOf: streams.endStreamsOf,
    async close() {
      await drainHttpServer(http, dependencies.drainDelayMs)
      door.close()
      await apollo.stop()
      await Promise.all([...links.values()].map(({ transport }) => transport.close()))
    },
  }
}

function createCabinetEngine(dependencies: GatewayDependencies, links: Map<string, SubgraphLink>) {
  const timeoutMs = dependencies.subgraphTimeoutMs ?? SUBGRAPH_TIMEOUT_MS
  return createEngine<GatewayContext>({
    supergraph: dependencies.supergraph,
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
  {
    engine,
    documents,
    door,
  }: { readonly engine: Engine<GatewayContext>; readonly documents: DocumentGate; door: Door },
  { subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS, ...dependencies }: GatewayDependencies,
): GatewayStreams {
  const answerWithinMs = subgraphTimeoutMs + SECOND_CHANCE_MS
  return addStreams(http, {
    ...dependencies,
    engine,
    admit: documents.admit,
    answerWithinMs,
    mayStart: (query, principal, address) => {
      door.shedding.confirmStream()
      door.limiting.spend(principal, address, documents.recall(query)?.cost ?? 1)
    },
  })
}

async function createContext(
  request: FastifyRequest,
  {
    authenticate,
    readNetwork = noNetworkElement,
    logger,
    isDevelopment,
    subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS,
  }: GatewayDependencies,
  { documents, door }: { readonly documents: DocumentGate; readonly door: Door },
): Promise<GatewayContext> {
  const answerByMs = performance.now() + subgraphTimeoutMs + SECOND_CHANCE_MS
  const principal = await authenticate(request.headers.authorization)
  const profile = admitDocument(documents, request)
  if (profile) door.shedding.confirm(profile.priority)
  const language = preferredLanguage(request.headers['accept-language'])
  const client = readClient(request.ip, request.headers, await readNetwork(request.raw))
  door.limiting.spend(principal, client.address, profile?.cost ?? COST_OF_UNKNOWN)
  return {
    viewer: { principal, language, requestId: request.id, client },
    logger: logger.child({ requestId: request.id }),
    answerByMs,
    ...(isDevelopment && request.headers[EXPLAIN_HEADER] !== undefined && { timeline: createTimeline() }),
  }
}

/** What comes to nothing is not free. */
const COST_OF_UNKNOWN = 10

/** What Apollo Server finds no text in, it refuses itself. */
function admitDocument(documents: DocumentGate, request: FastifyRequest): OperationProfile | null {
  const { query: text } = payloadOf(request)
  return typeof text === 'string' ? documents.admit(text) : (recallOperation(documents, request) ?? null)
}

/** What is known of a request's operation without looking into its text: by the text, or by the hash of one. */
function recallOperation(documents: DocumentGate, request: FastifyRequest): OperationProfile | undefined {
  const { query: text, extensions } = payloadOf(request)
  if (typeof text === 'string') return documents.recall(text)
  const hash = extensions?.persistedQuery?.sha256Hash
  return typeof hash === 'string' ? documents.recallHash(hash) : undefined
}

interface Payload {
  readonly query?: unknown
  readonly extensions?: { readonly persistedQuery?: { readonly sha256Hash?: unknown } | null } | null
}

function payloadOf({ method, query, body }: FastifyRequest): Payload {
  return ((method === 'GET' ? query : body) ?? {}) as Payload
}

/** What stands between a request and the work on it, beside the question whether it is well formed. */
interface Door {
  readonly shedding: Shedding
  readonly limiting: Limiting
  close(): void
}

function openDoor(
  { admission: options, rateLimits, observer = {}, logger, random = systemRandomness }: GatewayDependencies,
  { documents, links }: { readonly documents: DocumentGate; readonly links: ReadonlyMap<string, SubgraphLink> },
): Door {
  const limiting = rateLimits ? startLimiting({ ...rateLimits, logger, observer }) : NO_LIMITING
  if (!options) return { shedding: NO_SHEDDING, limiting, close: limiting.close }
  const admission = createAdmission(options, observer)
  const stopGauge = startStrainGauge(admission, () => [...links.values()].map(({ guard }) => guard))
  const recall = (request: FastifyRequest) => recallOperation(documents, request)
  return {
    shedding: createShedding({ admission, recall, random }),
    limiting,
    close() {
      stopGauge()
      limiting.close()
    },
  }
}

/** Tells the gate which schema operations are of. */
function schemaPlugin(documents: DocumentGate): ApolloServerPlugin<GatewayContext> {
  return {
    async serverWillStart() {
      return { schemaDidLoadOrUpdate: ({ apiSchema }) => documents.useSchema(apiSchema) }
    },
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
