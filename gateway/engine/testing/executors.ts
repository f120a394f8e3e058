import { createHash } from 'node:crypto'
import { ApolloGateway } from '@apollo/gateway'
import type { GatewayExecutor, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface'
import { parse, print } from 'graphql'
import { disableApolloTelemetry } from '../../../platform/environment.ts'
import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { GatewayContext } from '../../ask-subgraph.ts'
import { createDataSource } from '../../data-source.ts'
import { createRootKeys } from '../../plan/root-keys.ts'
import { createPrepareFetch } from '../../prepare-fetch.ts'
import { createResponseCheck } from '../../response-shape/response-shape.ts'
import { createTestLink } from '../../testing/resilience.ts'
import type { Transport } from '../../transport/transport.ts'
import { createEngine } from '../engine.ts'
import type { EngineParts } from '../parts.ts'
import { createClientNames, SUFFIX } from '../planning/client-names.ts'
import { loadSupergraph } from '../supergraph.ts'
import type { GeneratedOperation } from './generate-operation.ts'

const TIMEOUT_MS = 10_000

/** Runs operations, with subgraphs that may be others every time. */
export interface Executor {
  run(operation: GeneratedOperation, transports: ReadonlyMap<string, Transport>): ReturnType<GatewayExecutor>
  stop(): Promise<void>
}

/** The engine, or one with a part of another make. */
export async function startEngine(supergraphSdl: string, parts?: Partial<EngineParts>): Promise<Executor> {
  const target = createTarget()
  const engine = createEngine<GatewayContext>({
    supergraph: { open: async () => ({ sdl: supergraphSdl, close: async () => undefined }) },
    logger: silentLogger,
    prepareFor: ({ subgraphs, fullSchema }) => {
      const links = new Map(
        subgraphs.map(({ name }) => [name, createTestLink(name, target.transport(name), TIMEOUT_MS)]),
      )
      return createPrepareFetch({ schema: fullSchema, links, timeoutMs: TIMEOUT_MS })
    },
    prepareStreamFor: () => () => {
      throw new Error('The operations of this test are no subscriptions.')
    },
    dataSourcesFor: () => () => {
      throw new Error('The engine runs all plans of this test itself.')
    },
    ...(parts && { parts }),
  })
  // Apollo Server listens before it loads.
  engine.onSchemaLoadOrUpdate(() => undefined)
  const { executor } = await engine.load(NOT_MANAGED)
  if (!executor) throw new Error('The engine gave no executor.')
  return target.executor(executor, async () => engine.stop())
}

/**
 * Apollo's own executor over the same subgraphs. Plans get the same keys as the engine's. It takes what a client calls
 * by the name of a key for the key, so it is given the engine's names for such fields.
 */
export async function startStock(supergraphSdl: string): Promise<Executor> {
  disableApolloTelemetry()
  const target = createTarget()
  const { fullSchema: schema } = loadSupergraph(supergraphSdl)
  const addKeys = createRootKeys(schema)
  const gateway = new ApolloGateway({
    supergraphSdl,
    logger: silentLogger,
    buildService: ({ name }) =>
      createDataSource({
        subgraph: name,
        ...createTestLink(name, target.transport(name), TIMEOUT_MS),
        timeoutMs: TIMEOUT_MS,
        checkResponse: createResponseCheck(schema, name),
      }),
    experimental_didResolveQueryPlan: ({ queryPlan }) => addKeys(queryPlan),
  })
  const { executor } = await gateway.load()
  const { run, stop } = target.executor(executor, () => gateway.stop())
  const { withFetchedNames } = createClientNames(parse(supergraphSdl))
  return {
    stop,
    async run(operation, transports) {
      const query = print(withFetchedNames(parse(operation.query)))
      const answer = await run({ ...operation, query }, transports)
      return JSON.parse(JSON.stringify(answer).replaceAll(SUFFIX, ''))
    },
  }
}

const NOT_MANAGED = { apollo: {} }

/** Lets an executor, which knows its transports for good, speak to others on every run. */
function createTarget() {
  let current: ReadonlyMap<string, Transport> = new Map()
  return {
    transport: (name: string): Transport => ({
      send: async (request) => {
        const transport = current.get(name)
        if (!transport) throw new Error(`There is no transport to ${name}.`)
        return transport.send(request)
      },
      close: async () => undefined,
    }),
    executor: (execute: GatewayExecutor, stop: () => Promise<void>): Executor => ({
      run(operation, transports) {
        current = transports
        return execute(requestContext(operation))
      },
      stop,
    }),
  }
}

function requestContext({ query, operationName, variables }: GeneratedOperation): GatewayGraphQLRequestContext {
  const context: GatewayContext = {
    viewer: { principal: { kind: 'anonymous' }, language: 'en', requestId: 'request', client: UNKNOWN_CLIENT },
    logger: silentLogger,
    answerByMs: performance.now() + TIMEOUT_MS,
  }
  return {
    request: { query, variables: { ...variables }, ...(operationName && { operationName }) },
    document: parse(query),
    queryHash: createHash('sha256').update(query).digest('hex'),
    operationName: operationName ?? null,
    context,
    logger: silentLogger,
    metrics: {},
  } as unknown as GatewayGraphQLRequestContext
}
