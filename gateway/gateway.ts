import { ApolloGateway, type SupergraphManager } from '@apollo/gateway'
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { buildSchema, type GraphQLSchema } from 'graphql'
import type { Principal } from '../platform/identity/viewer.ts'
import { preferredLanguage } from '../platform/languages.ts'
import type { Logger } from '../platform/logger.ts'
import { createHttpServer, drainHttpServer } from '../platform/serving/http-server.ts'
import { createDataSource, type GatewayContext } from './data-source.ts'
import { formatError } from './errors/format.ts'
import { settleErrors } from './errors/settle.ts'
import { addExplorers, allowSandbox } from './explorer/explorer.ts'
import { operationNamePlugin } from './operation-name-plugin.ts'
import { createRootKeys } from './plan/root-keys.ts'
import { createResponseCheck, type ResponseCheck } from './response-shape/response-shape.ts'
import { scalarsPlugin } from './scalars-plugin.ts'
import type { Transport } from './transport/transport.ts'

export interface GatewayDependencies {
  readonly supergraph: SupergraphManager
  /** How to reach each subgraph of the supergraph, by name. */
  readonly transports: (subgraph: string) => Transport
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>
  readonly newId: () => string
  readonly logger: Logger
  readonly subgraphTimeoutMs?: number
  /** Introspection, explorers and cross-origin requests of Apollo's Sandbox. */
  readonly isDevelopment: boolean
  /** How long "not ready" is shown before connections are refused. */
  readonly drainDelayMs?: number
}

export interface Gateway {
  readonly http: FastifyInstance
  /** Stops taking requests, finishes those in flight, closes the connections to subgraphs. */
  close(): Promise<void>
}

/** Below the three seconds in which an answer is promised whatever a subgraph does. */
const SUBGRAPH_TIMEOUT_MS = 2_000
/** What is left for fetches that had to wait for one that came to nothing. */
const SECOND_CHANCE_MS = 700

/** The front door: one GraphQL endpoint over the supergraph. */
export async function createGateway(dependencies: GatewayDependencies): Promise<Gateway> {
  const { logger, isDevelopment, newId } = dependencies
  const http = createHttpServer({ logger, newId })
  const transports = new Map<string, Transport>()
  const gateway = createApolloGateway(dependencies, transports)
  const apollo = new ApolloServer<GatewayContext>({
    gateway,
    introspection: isDevelopment,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    plugins: [
      fastifyApolloDrainPlugin(http),
      ApolloServerPluginLandingPageDisabled(),
      scalarsPlugin,
      operationNamePlugin,
      settlingPlugin,
    ],
    logger,
  })
  await apollo.start()

  const context = (request: FastifyRequest) => createContext(request, dependencies)
  await http.register((scope, _, done) => {
    if (isDevelopment) allowSandbox(scope)
    scope.route({
      method: ['GET', 'POST', 'OPTIONS'],
      url: '/graphql',
      handler: fastifyApolloHandler(apollo, { context }),
    })
    done()
  })
  if (isDevelopment) await addExplorers(http)

  return {
    http,
    async close() {
      await drainHttpServer(http, dependencies.drainDelayMs)
      await apollo.stop()
      await Promise.all([...transports.values()].map((transport) => transport.close()))
    },
  }
}

function createApolloGateway(dependencies: GatewayDependencies, transports: Map<string, Transport>): ApolloGateway {
  let addRootKeys: ReturnType<typeof createRootKeys> = () => undefined
  let responseChecks =
    (_: string): ResponseCheck =>
    () =>
      null
  return new ApolloGateway({
    supergraphSdl: dependencies.supergraph,
    logger: dependencies.logger,
    buildService: ({ name }) => {
      const transport = transports.get(name) ?? dependencies.transports(name)
      transports.set(name, transport)
      return createDataSource({
        subgraph: name,
        transport,
        timeoutMs: dependencies.subgraphTimeoutMs ?? SUBGRAPH_TIMEOUT_MS,
        checkResponse: (request, result) => responseChecks(name)(request, result),
      })
    },
    experimental_didUpdateSupergraph: (composition) => {
      if (!('supergraphSdl' in composition)) return
      const schema = buildSchema(composition.supergraphSdl, { assumeValid: true, assumeValidSDL: true })
      addRootKeys = createRootKeys(schema)
      responseChecks = createResponseChecks(schema)
    },
    experimental_didResolveQueryPlan: ({ queryPlan }) => addRootKeys(queryPlan),
  })
}

/** One check for each subgraph, for as long as the supergraph is in force. */
function createResponseChecks(schema: GraphQLSchema): (subgraph: string) => ResponseCheck {
  const checks = new Map<string, ResponseCheck>()
  return (subgraph) => {
    const check = checks.get(subgraph) ?? createResponseCheck(schema, subgraph)
    checks.set(subgraph, check)
    return check
  }
}

async function createContext(
  request: FastifyRequest,
  { authenticate, logger, subgraphTimeoutMs = SUBGRAPH_TIMEOUT_MS }: GatewayDependencies,
): Promise<GatewayContext> {
  const answerByMs = performance.now() + subgraphTimeoutMs + SECOND_CHANCE_MS
  const principal = await authenticate(request.headers.authorization)
  const language = preferredLanguage(request.headers['accept-language'])
  return {
    viewer: { principal, language, requestId: request.id },
    logger: logger.child({ requestId: request.id }),
    answerByMs,
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
