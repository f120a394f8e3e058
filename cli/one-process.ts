import type { JSONWebKeySet } from 'jose'
import { createAuthenticator } from '../gateway/authenticate.ts'
import { createGateway, type Gateway, type GatewayDependencies } from '../gateway/gateway.ts'
import { createNetworkElement } from '../gateway/network-element.ts'
import type { RateLimits } from '../gateway/rate-limits/rate-limiter.ts'
import { createSupergraphFile, type SupergraphFileOptions } from '../gateway/supergraph-file.ts'
import { createLocalTransport } from '../gateway/transport/local.ts'
import type { Transport } from '../gateway/transport/transport.ts'
import type { Acquirer } from '../platform/acquirer/acquirer.ts'
import { type NoticeTrust, serveNotices } from '../platform/acquirer/notice-route.ts'
import type { Clock } from '../platform/clock.ts'
import { connectDatabase } from '../platform/database/connect.ts'
import { createListen } from '../platform/database/listen.ts'
import { createListener } from '../platform/database/listener.ts'
import { createReader } from '../platform/database/reader.ts'
import type { Deliver } from '../platform/events/outbox.ts'
import { createEndedSessions } from '../platform/identity/ended-sessions.ts'
import type { SocialProvider, StaffProviderOptions } from '../platform/identity/identity-provider.ts'
import { findKeyAmong, publicKeys } from '../platform/identity/keys.ts'
import type { Secrets } from '../platform/identity/secrets.ts'
import type { NewId } from '../platform/ids.ts'
import { createJobs, type Jobs, type JobsOptions } from '../platform/jobs/jobs.ts'
import { jobsSchema } from '../platform/jobs/migrate-jobs.ts'
import type { Logger } from '../platform/logger.ts'
import type { Merchants } from '../platform/merchants/merchants.ts'
import { createOsmp } from '../platform/merchants/osmp-client.ts'
import type { CurrencyCode } from '../platform/money.ts'
import type { Randomness } from '../platform/random.ts'
import { systemRandomness } from '../platform/random.ts'
import { serveDownloads } from '../platform/serving/downloads.ts'
import { type SimSwap, unknownSimSwap } from '../platform/sim-swap/sim-swap.ts'
import { type Sleep, systemSleep } from '../platform/sleep.ts'
import type { SmsTransport } from '../platform/sms/transport.ts'
import { type AskSubgraph, createLocalAsk } from '../platform/subgraph/ask.ts'
import type { SubgraphName } from '../platform/subgraph/name.ts'
import type { OpenDatabase } from '../platform/subgraph/open-database.ts'
import type { Subgraph } from '../platform/subgraph/subgraph.ts'
import { serveUssd } from '../platform/ussd/route.ts'
import { type Accounts, createAccounts } from '../subgraphs/accounts/subgraph.ts'
import { createLinkedNumbers } from '../subgraphs/linked-numbers/subgraph.ts'
import { createPayments, type Payments, type PaymentsDependencies } from '../subgraphs/payments/subgraph.ts'
import { createProducts } from '../subgraphs/products/subgraph.ts'

export type Subgraphs = Readonly<Record<SubgraphName, Subgraph>> & {
  readonly accounts: Accounts
  readonly payments: Payments
}

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
  readonly sleep?: Sleep
  /** The network, asked about changes of SIMs; without it nothing that waits for its word is done. */
  readonly simSwap?: SimSwap
  /** Whoever is paid for services from a line; nobody answers if left out. */
  readonly merchants?: Merchants
  /** How money comes off bank cards; not at all if left out. */
  readonly cardPayments?: CardPayments
  /** What payments seal with; the secrets of accounts if left out. */
  readonly paymentsSecrets?: Secrets
  /** How often work that waits is looked for; tests do not wait long. */
  readonly jobTiming?: Pick<JobsOptions, 'pollSeconds' | 'superviseSeconds'>
  /** By whose accounts customers sign in, and staff; nobody's if left out. */
  readonly socialProviders?: readonly SocialProvider[]
  readonly staffProvider?: StaffProviderOptions | null
  /** How text messages leave; without it they stay queued. */
  readonly sms?: SmsTransport
  /** Cards that pay without their holder, and how often payments look what is due; tests set them. */
  readonly recurring?: Pick<PaymentsDependencies, 'savedCards' | 'roundIntervalMs'>
  /** Told of every SQL statement of every subgraph; tests count them. */
  readonly onStatement?: (subgraph: SubgraphName, sql: string) => void
}

/** How money comes off bank cards. */
export interface CardPayments {
  readonly acquirer: Acquirer | null
  /** The sites that customers may come back to from paying. */
  readonly returnOrigins: readonly string[]
  /** Whose word is heard that something was paid. */
  readonly trust: NoticeTrust
}

const NO_CARDS: CardPayments = { acquirer: null, returnOrigins: [], trust: { peers: [], signature: null } }

/** How the subgraphs of one process reach their databases, their work and one another. */
interface Wiring {
  readonly connect: <Tables>(name: SubgraphName) => OpenDatabase<Tables>
  readonly jobsOf: (name: SubgraphName) => Jobs
  readonly deliverTo: (name: SubgraphName) => Deliver
  readonly askOf: (asker: SubgraphName, asked: SubgraphName) => AskSubgraph
}

/** Each has something to say to others: events and questions may wait until all are there. */
function wire(dependencies: SubgraphsDependencies, ready: Promise<Subgraphs>): Wiring {
  const { databaseUrls, newId, logger, onStatement, jobTiming } = dependencies
  return {
    connect(name) {
      const told = onStatement && { onStatement: (statement: string) => onStatement(name, statement) }
      const options = { url: databaseUrls[name], logger, ...told }
      return {
        db: connectDatabase(options),
        reader: createReader(options),
        listen: createListen(options),
        listener: createListener(options),
      }
    },
    jobsOf: (name) => createJobs({ url: databaseUrls[name], schema: jobsSchema(name), logger, ...jobTiming }),
    deliverTo: (name) => async (event) => (await ready)[name].receive(event),
    askOf: (asker, asked) => async (question) => createLocalAsk(asker, (await ready)[asked], newId)(question),
  }
}

/** The four subgraphs in one process; events go from one to another as calls. */
export async function createSubgraphs(dependencies: SubgraphsDependencies): Promise<Subgraphs> {
  const { clock, newId, logger, currencyCode } = dependencies
  const { promise: ready, resolve: announce } = Promise.withResolvers<Subgraphs>()
  const wiring = wire(dependencies, ready)
  const { connect, deliverTo } = wiring
  const subgraphs = {
    products: createProducts({ ...connect('products'), clock, currencyCode, logger }),
    payments: openPayments(dependencies, wiring),
    'linked-numbers': createLinkedNumbers({
      ...connect('linked-numbers'),
      clock,
      newId,
      logger,
      receivers: {
        accounts: deliverTo('accounts'),
        products: deliverTo('products'),
        payments: deliverTo('payments'),
      },
    }),
    accounts: await openAccounts(dependencies, wiring),
  }
  announce(subgraphs)
  return subgraphs
}

function openPayments(dependencies: SubgraphsDependencies, wiring: Wiring): Payments {
  const { clock, newId, logger, currencyCode } = dependencies
  const { connect, jobsOf, askOf, deliverTo } = wiring
  return createPayments({
    ...connect('payments'),
    clock,
    newId,
    random: dependencies.random ?? systemRandomness,
    currencyCode,
    logger,
    jobs: jobsOf('payments'),
    simSwap: dependencies.simSwap ?? unknownSimSwap,
    merchants: dependencies.merchants ?? createOsmp({ endpoints: [] }),
    ask: {
      accounts: askOf('payments', 'accounts'),
      'linked-numbers': askOf('payments', 'linked-numbers'),
      products: askOf('payments', 'products'),
    },
    receivers: { accounts: deliverTo('accounts'), payments: deliverTo('payments') },
    ...dependencies.recurring,
    ...(dependencies.cardPayments ?? NO_CARDS),
    secrets: dependencies.paymentsSecrets ?? dependencies.accountsSecrets,
  })
}

function openAccounts(
  dependencies: SubgraphsDependencies,
  { connect, jobsOf, askOf, deliverTo }: Wiring,
): Promise<Accounts> {
  const { clock, newId, logger } = dependencies
  return createAccounts({
    ...connect('accounts'),
    clock,
    newId,
    random: dependencies.random ?? systemRandomness,
    sleep: dependencies.sleep ?? systemSleep,
    logger,
    accessTokenKeys: dependencies.accessTokenKeys,
    secrets: dependencies.accountsSecrets,
    jobs: jobsOf('accounts'),
    simSwap: dependencies.simSwap ?? unknownSimSwap,
    socialProviders: dependencies.socialProviders ?? [],
    staffProvider: dependencies.staffProvider ?? null,
    sms: dependencies.sms ?? null,
    receivers: { payments: deliverTo('payments') },
    ask: {
      'linked-numbers': askOf('accounts', 'linked-numbers'),
      products: askOf('accounts', 'products'),
      payments: askOf('accounts', 'payments'),
    },
  })
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
  /** What the gateway does in trouble and under load, where it is not as usual. */
  readonly gatewayOptions?: Pick<GatewayDependencies, 'resilience' | 'observer' | 'admission'>
  /** How much one sender may ask for; anything if left out. */
  readonly rateLimits?: RateLimits
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
    ...dependencies.gatewayOptions,
    ...(dependencies.rateLimits && {
      rateLimits: { ...dependencies.rateLimits, ledger: subgraphs.accounts.spending },
    }),
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
  const { trust } = dependencies.cardPayments ?? NO_CARDS
  serveNotices(gateway.http, { ...trust, take: subgraphs.payments.takeNotice })
  if (dependencies.ussdKey) serveUssd(gateway.http, { ...subgraphs.accounts.ussd, key: dependencies.ussdKey })
  return {
    gateway,
    subgraphs,
    async close() {
      await gateway.close()
      // First those who still call the others: the jobs and the relay of accounts, then the relay of linked numbers.
      await subgraphs.accounts.close()
      await subgraphs['linked-numbers'].close()
      await Promise.all([subgraphs.products.close(), subgraphs.payments.close()])
    },
  }
}
