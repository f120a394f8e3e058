import type { FastifyInstance } from 'fastify'
import { type Clock, systemClock } from '../clock.ts'
import type { readProductsEnvironment } from '../environment.ts'
import { findKeyAmong } from '../identity/keys.ts'
import { createNewId, type NewId } from '../ids.ts'
import { createLogger, type Logger } from '../logger.ts'
import { drainHttpServer } from '../serving/http-server.ts'
import { stopOnSignal } from '../serving/process.ts'
import { countPools, type PoolCounts } from '../sight/pool-metrics.ts'
import { openMetrics } from '../sight/process-metrics.ts'
import { countSubgraph } from '../sight/subgraph-metrics.ts'
import { openTracing } from '../sight/tracing.ts'
import type { SubgraphName } from './name.ts'
import { serveSubgraph } from './serve.ts'
import type { Subgraph } from './subgraph.ts'

type SubgraphEnvironment = Omit<ReturnType<typeof readProductsEnvironment>, 'CURRENCY'> & {
  /** Of a process that others than our own parts call. */
  readonly TRUSTED_PROXIES?: readonly string[]
}

/** What a process gives its subgraph: the real clock, ids and log. */
export interface ProcessServices {
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  /** Told of the pools of connections, so that they can be watched. */
  readonly onPool: (pool: PoolCounts) => void
}

/** Runs one subgraph as a process of its own: listens, and on a signal drains and closes. */
export async function runSubgraph<Running extends Subgraph>(
  name: SubgraphName,
  environment: SubgraphEnvironment,
  create: (services: ProcessServices) => Running | Promise<Running>,
  addRoutes: (http: FastifyInstance, subgraph: Running) => void = () => undefined,
): Promise<void> {
  const logger = createLogger({ name, level: environment.LOG_LEVEL })
  const newId = createNewId(systemClock)
  const closeTracing = openTracing(name, environment)
  const metrics = await openMetrics(name, environment)
  if (metrics) logger.info({ port: metrics.port }, 'metrics are served')
  const pools: PoolCounts[] = []
  const created = await create({ clock: systemClock, newId, logger, onPool: (pool) => pools.push(pool) })
  const subgraph = metrics ? countSubgraph(metrics.registry, created) : created
  if (metrics) countPools(metrics.registry, pools)
  const findKey = findKeyAmong(environment.INTERNAL_JWKS)
  const trustedProxies = environment.TRUSTED_PROXIES ?? []
  const http = serveSubgraph({ subgraph, findKey, clock: systemClock, newId, logger, trustedProxies })
  addRoutes(http, subgraph)
  stopOnSignal(async () => {
    await drainHttpServer(http, environment.DRAIN_DELAY_MS)
    await subgraph.close()
    await metrics?.close()
    await closeTracing()
  }, logger)
  await http.listen({ host: environment.HOST, port: environment.PORT })
  logger.info({ address: http.addresses()[0] }, 'listening')
}
