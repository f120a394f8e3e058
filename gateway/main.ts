import { systemClock } from '../platform/clock.ts'
import { processVariables, readGatewayEnvironment } from '../platform/environment.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import { findKeyAmong, signingKey } from '../platform/identity/keys.ts'
import { createNewId } from '../platform/ids.ts'
import { invariant } from '../platform/invariant.ts'
import { createLogger } from '../platform/logger.ts'
import { createHttpDownload, serveDownloads } from '../platform/serving/downloads.ts'
import { stopOnSignal } from '../platform/serving/process.ts'
import { createRemoteKeys } from './access-token-keys.ts'
import { createAuthenticator } from './authenticate.ts'
import { hearEndedSessions } from './ended-session-stream.ts'
import { createGateway } from './gateway.ts'
import { createNetworkElement, noNetworkElement } from './network-element.ts'
import { createSupergraphFile } from './supergraph-file.ts'
import { createBatchTransport } from './transport/http-batch.ts'
import { createIdentitySigner } from './transport/identity-signer.ts'

const environment = readGatewayEnvironment(processVariables())
const logger = createLogger({ name: 'gateway', level: environment.LOG_LEVEL })
const isDevelopment = environment.NODE_ENV !== 'production'
const signer = await signingKey(environment.INTERNAL_KEYS)

const urls: Readonly<Record<string, string>> = {
  accounts: environment.ACCOUNTS_URL,
  'linked-numbers': environment.LINKED_NUMBERS_URL,
  products: environment.PRODUCTS_URL,
  payments: environment.PAYMENTS_URL,
}

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
  drainDelayMs: environment.DRAIN_DELAY_MS,
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
serveDownloads(gateway.http, createHttpDownload(environment.ACCOUNTS_URL))
stopOnSignal(async () => {
  await gateway.close()
  await hearing.close()
}, logger)
await gateway.http.listen({ host: environment.HOST, port: environment.PORT })
logger.info({ address: gateway.http.addresses()[0] }, 'listening')
