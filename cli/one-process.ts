import type { JSONWebKeySet } from 'jose'
import { createAuthenticator } from '../gateway/authenticate.ts'
import { createGateway, type Gateway, type GatewayDependencies } from '../gateway/gateway.ts'
import { createNetworkElement } from '../gateway/network-element.ts'
import { createSupergraphFile, type SupergraphFileOptions } from '../gateway/supergraph-file.ts'
import { createLocalTransport } from '../gateway/transport/local.ts'
import type { Transport } from '../gateway/transport/transport.ts'
import type { Clock } from '../platform/clock.ts'
import { connectDatabase } from '../platform/database/connect.ts'
import { createListen } from '../platform/database/listen.ts'
import { createListener } from '../platform/database/listener.ts'
import { createReader } from '../platform/database/reader.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import type { SocialProvider, StaffProviderOptions } from '../platform/identity/identity-provider.ts'
import { findKeyAmong, publicKeys } from '../platform/identity/keys.ts'
import type { Secrets } from '../platform/identity/secrets.ts'
import type { NewId } from '../platform/ids.ts'
import { createJobs, type JobsOptions } from '../platform/jobs/jobs.ts'
import { jobsSchema } from '../platform/jobs/migrate-jobs.ts'
import type { Logger } from '../platform/logger.ts'
import type { CurrencyCode } from '../platform/money.ts'
import type { Randomness } from '../platform/random.ts'
import { systemRandomness } from '../platform/random.ts'
import { serveDownloads } from '../platform/serving/downloads.ts'
import { type SimSwap, unknownSimSwap } from '../platform/sim-swap/sim-swap.ts'
import type { SmsTransport } from '../platform/sms/transport.ts'
import { createLocalAsk } from '../platform/subgraph/ask.ts'
import type { SubgraphName } from '../platform/subgraph/name.ts'
import type { Subgraph } from '../platform/subgraph/subgraph.ts'
import { serveUssd } from '../platform/ussd/route.ts'
import { type Accounts, createAccounts } from '../subgraphs/accounts/subgraph.ts'
import { createLinkedNumbers } from '../subgraphs/linked-numbers/subgraph.ts'
import { createPayments } from '../subgraphs/payments/subgraph.ts'
import { createProducts } from '../subgraphs/products/subgraph.ts'

export type Subgraphs = Readonly<Record<SubgraphName, Subgraph>> & { readonly accounts: Accounts }

export interface SubgraphsDependencies {
  /** The database of each subgraph, under its own login role. */
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  readonly currencyCode: CurrencyCode
  readonly accessTokenKeys: JSONWebKeySet
  readonly accountsSecrets: Secrets
  readonly random?: Randomness
  /** The network, asked about changes of SIMs; without it nothing that waits for its word is done. */
  readonly simSwap?: SimSwap
  /** How often work that waits is looked for; tests do not wait long. */
  readonly jobTiming?: Pick<JobsOptions, 'pollSeconds' | 'superviseSeconds'>
  /** By whose accounts customers sign in, and staff; nobody's if left out. */
  readonly socialProviders?: readonly SocialProvider[]
  readonly staffProvider?: StaffProviderOptions | null
  /** How text messages leave; without it they stay queued. */
  readonly sms?: SmsTransport
  /** Told of every SQL statement of every subgraph; tests count them. */
  readonly onStatement?: (subgraph: SubgraphName, sql: string) => void
}

/** The four subgraphs in one process; events go from one to another as calls. */
export async function createSubgraphs(dependencies: SubgraphsDependencies): Promise<Subgraphs> {
  const { databaseUrls, clock, newId, logger, currencyCode, onStatement } = dependencies
  const connect = <Tables>(name: SubgraphName) => {
    const options = {
      url: databaseUrls[name],
      logger,
      ...(onStatement && { onStatement: (statement: string) => onStatement(name, statement) }),
    }
    return {
      db: connectDatabase<Tables>(options),
      reader: createReader(options),
      listen: createListen(options),
      listener: createListener(options),
    }
  }
  const products = createProducts({ ...connect('products'), clock, currencyCode, logger })
  const payments = createPayments({ ...connect('payments'), clock, currencyCode, logger })
  // Each of the two has something to say to the other: events may wait until accounts is there.
  const { promise: accountsReady, resolve: announceAccounts } = Promise.withResolvers<Subgraph>()
  const linkedNumbers = createLinkedNumbers({
    ...connect('linked-numbers'),
    clock,
    newId,
    logger,
    receivers: {
      accounts: async (event) => (await accountsReady).receive(event),
      products: products.receive,
      payments: payments.receive,
    },
  })
  const accounts = await createAccounts({
    ...connect('accounts'),
    clock,
    newId,
    random: dependencies.random ?? systemRandomness,
    logger,
    accessTokenKeys: dependencies.accessTokenKeys,
    secrets: dependencies.accountsSecrets,
    jobs: createJobs({
      url: databaseUrls.accounts,
      schema: jobsSchema('accounts'),
      logger,
      ...dependencies.jobTiming,
    }),
    simSwap: dependencies.simSwap ?? unknownSimSwap,
    socialProviders: dependencies.socialProviders ?? [],
    staffProvider: dependencies.staffProvider ?? null,
    sms: dependencies.sms ?? null,
    ask: {
      'linked-numbers': createLocalAsk('accounts', linkedNumbers, newId),
      products: createLocalAsk('accounts', products, newId),
      payments: createLocalAsk('accounts', payments, newId),
    },
  })
  announceAccounts(accounts)
  return { accounts, 'linked-numbers': linkedNumbers, products, payments }
}

export interface OneProcessDependencies extends SubgraphsDependencies {
  readonly isDevelopment: boolean
  readonly supergraphPath: string
  /** Which operations may be run. In development any, if left out; else none. */
  readonly operations?: GatewayDependencies['operations']
  readonly allowedOrigins?: readonly string[]
  /** Where `SIGHUP` asks for the supergraph to be read again. */
  readonly signals?: SupergraphFileOptions['signals']
  readonly subgraphTimeoutMs?: number
  /** Shared with the operator's USSD gateway; without it there is no `/ussd`. */
  readonly ussdKey?: string
  /** Whose word is taken for the number that a request comes from; nobody's if left out. */
  readonly networkElement?: NetworkElement | null
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies?: readonly string[]
  /** Puts something between the gateway and a subgraph; tests put trouble there. */
  readonly wrapTransport?: (subgraph: SubgraphName, transport: Transport) => Transport
}

/** The trusted network element: where it connects from, and the public keys that it signs with. */
export interface NetworkElement {
  readonly peers: readonly string[]
  readonly keys: JSONWebKeySet
}

/** Gateway and subgraphs together. */
export interface OneProcess {
  readonly gateway: Gateway
  readonly subgraphs: Subgraphs
  close(): Promise<void>
}

export async function createOneProcess(dependencies: OneProcessDependencies): Promise<OneProcess> {
  const { clock, newId, logger, subgraphTimeoutMs, networkElement, trustedProxies } = dependencies
  const { isDevelopment, allowedOrigins, signals } = dependencies
  const operations = dependencies.operations ?? { manifests: null, isOpen: isDevelopment, adHocRoles: [] }
  const subgraphs = await createSubgraphs(dependencies)
  const endedSessions = createEndedSessions(clock)
  const wrap = dependencies.wrapTransport ?? ((_, transport) => transport)
  const gateway = await createGateway({
    supergraph: createSupergraphFile({ path: dependencies.supergraphPath, logger, signals }),
    transports: ({ name }) => {
      const subgraph = subgraphs[name as SubgraphName]
      return wrap(subgraph.name, createLocalTransport(subgraph))
    },
    authenticate: createAuthenticator({
      findKey: findKeyAmong(publicKeys(dependencies.accessTokenKeys)),
      clock,
      endedSessions,
    }),
    clock,
    newId,
    logger,
    isDevelopment,
    operations,
    ...(allowedOrigins && { allowedOrigins }),
    ...(subgraphTimeoutMs !== undefined && { subgraphTimeoutMs }),
    ...(trustedProxies && { trustedProxies }),
    ...(networkElement && {
      readNetwork: createNetworkElement({
        peers: networkElement.peers,
        findKey: findKeyAmong(networkElement.keys),
        clock,
      }),
    }),
  })
  subgraphs.accounts.endedSessions.subscribe((ended) => {
    endedSessions.add(ended)
    for (const { sessionId } of ended) gateway.endStreamsOf(sessionId)
  })
  serveDownloads(gateway.http, subgraphs.accounts.openDownload)
  if (dependencies.ussdKey) serveUssd(gateway.http, { ...subgraphs.accounts.ussd, key: dependencies.ussdKey })
  return {
    gateway,
    subgraphs,
    async close() {
      await gateway.close()
      // First those who still call the others: the jobs of accounts, then the relay of linked numbers.
      await subgraphs.accounts.close()
      await subgraphs['linked-numbers'].close()
      await Promise.all([subgraphs.products.close(), subgraphs.payments.close()])
    },
  }
}
