import type { FastifyInstance } from 'fastify'
import { type Clock, systemClock } from '../clock.ts'
import type { readProductsEnvironment } from '../environment.ts'
import { findKeyAmong } from '../identity/keys.ts'
import { createNewId, type NewId } from '../ids.ts'
import { createLogger, type Logger } from '../logger.ts'
import { drainHttpServer } from '../serving/http-server.ts'
import { stopOnSignal } from '../serving/process.ts'
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
  const subgraph = await create({ clock: systemClock, newId, logger })
  const findKey = findKeyAmong(environment.INTERNAL_JWKS)
  const trustedProxies = environment.TRUSTED_PROXIES ?? []
  const http = serveSubgraph({ subgraph, findKey, clock: systemClock, newId, logger, trustedProxies })
  addRoutes(http, subgraph)
  stopOnSignal(async () => {
    await drainHttpServer(http, environment.DRAIN_DELAY_MS)
    await subgraph.close()
  }, logger)
  await http.listen({ host: environment.HOST, port: environment.PORT })
  logger.info({ address: http.addresses()[0] }, 'listening')
}
