import { passNoticesOn } from '../platform/acquirer/notice-passing.ts'
import { systemClock } from '../platform/clock.ts'
import { readGatewayEnvironment } from '../platform/environment.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import { findKeyAmong, signingKey } from '../platform/identity/keys.ts'
import { createNewId } from '../platform/ids.ts'
import { invariant } from '../platform/invariant.ts'
import { createLogger } from '../platform/logger.ts'
import { createHttpDownload, serveDownloads } from '../platform/serving/downloads.ts'
import { listenWidely } from '../platform/serving/listen.ts'
import { stopOnSignal } from '../platform/serving/process.ts'
import { openMetrics } from '../platform/sight/process-metrics.ts'
import { openTracing } from '../platform/sight/tracing.ts'
import { startEnvironment } from '../platform/start-environment.ts'
import { createRemoteKeys } from './access-token-keys.ts'
import { LIMIT_MIN } from './admission/adaptive-limit.ts'
import { createAuthenticator } from './authenticate.ts'
import { hearEndedSessions } from './ended-session-stream.ts'
import { createGateway } from './gateway.ts'
import { createNetworkElement, noNetworkElement } from './network-element.ts'
import { createHttpLedger } from './rate-limits/http-ledger.ts'
import { createGatewayMetrics } from './sight/gateway-metrics.ts'
import { createSupergraphFile } from './supergraph-file.ts'
import { createBatchTransport } from './transport/http-batch.ts'
import { createIdentitySigner } from './transport/identity-signer.ts'

const environment = startEnvironment(readGatewayEnvironment)
const logger = createLogger({ name: 'gateway', level: environment.LOG_LEVEL })
const isDevelopment = environment.NODE_ENV !== 'production'
const signer = await signingKey(environment.INTERNAL_KEYS)

const urls: Readonly<Record<string, string>> = {
  accounts: environment.ACCOUNTS_URL,
  'linked-numbers': environment.LINKED_NUMBERS_URL,
  products: environment.PRODUCTS_URL,
  payments: environment.PAYMENTS_URL,
}

const closeTracing = openTracing('gateway', environment)
const metrics = await openMetrics('gateway', environment)
if (metrics) logger.info({ port: metrics.port }, 'metrics are served')
const endedSessions = createEndedSessions(systemClock)
const { NETWORK_ELEMENTS: peers, NETWORK_ELEMENT_JWKS: elementKeys } = environment

const gateway = await createGateway({
  supergraph: createSupergraphFile({ path: environment.SUPERGRAPH_FILE, logger, signals: process }),
  transports: ({ name }) => {
    const url = urls[name]
    invariant(url, `the supergraph names only subgraphs that have a URL, not ${name}`)
    return createBatchTransport({
      url,
      signIdentity: createIdentitySigner({ signer, audience: name, clock: systemClock }),
    })
  },
  authenticate: createAuthenticator({
    findKey: createRemoteKeys({ url: environment.ACCESS_TOKEN_JWKS_URL, clock: systemClock, logger }),
    clock: systemClock,
    endedSessions,
  }),
  clock: systemClock,
  newId: createNewId(systemClock),
  logger,
  ...(environment.SUBGRAPH_TIMEOUT_MS !== undefined && { subgraphTimeoutMs: environment.SUBGRAPH_TIMEOUT_MS }),
  isDevelopment,
  operations: {
    manifests: environment.OPERATION_MANIFESTS,
    isOpen: isDevelopment,
    adHocRoles: environment.AD_HOC_ROLES,
  },
  allowedOrigins: environment.ALLOWED_ORIGINS,
  trustedProxies: environment.TRUSTED_PROXIES,
  readNetwork: elementKeys
    ? createNetworkElement({ peers, findKey: findKeyAmong(elementKeys), clock: systemClock })
    : noNetworkElement,
  ...(metrics && { observer: createGatewayMetrics(metrics.registry) }),
  drainDelayMs: environment.DRAIN_DELAY_MS,
  admission: { limitMin: LIMIT_MIN, limitMax: environment.REQUESTS_AT_ONCE_MAX },
  rateLimits: {
    viewerCostPerMinute: environment.VIEWER_COST_PER_MINUTE,
    addressCostPerMinute: environment.ADDRESS_COST_PER_MINUTE,
    ledger: createHttpLedger({ accountsUrl: environment.ACCOUNTS_URL, signer, clock: systemClock }),
  },
})

const hearing = hearEndedSessions({
  accountsUrl: environment.ACCOUNTS_URL,
  endedSessions: {
    add(ended) {
      endedSessions.add(ended)
      for (const { sessionId } of ended) gateway.endStreamsOf(sessionId)
    },
  },
  signer,
  clock: systemClock,
  logger,
})
passNoticesOn(gateway.http, environment.PAYMENTS_URL)
serveDownloads(gateway.http, createHttpDownload(environment.ACCOUNTS_URL))
stopOnSignal(async () => {
  await gateway.close()
  await hearing.close()
  await metrics?.close()
  await closeTracing()
}, logger)
await listenWidely(gateway.http, { host: environment.HOST, port: environment.PORT })
logger.info({ address: gateway.http.addresses()[0] }, 'listening')
