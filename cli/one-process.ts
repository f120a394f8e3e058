import type { JSONWebKeySet } from 'jose'
import { createAuthenticator } from '../gateway/authenticate.ts'
import { createGateway, type Gateway } from '../gateway/gateway.ts'
import { createSupergraphFile } from '../gateway/supergraph-file.ts'
import { createLocalTransport } from '../gateway/transport/local.ts'
import type { Transport } from '../gateway/transport/transport.ts'
import type { Clock } from '../platform/clock.ts'
import { connectDatabase } from '../platform/database/connect.ts'
import { createListener } from '../platform/database/listener.ts'
import { createReader } from '../platform/database/reader.ts'
import { findKeyAmong, publicKeys } from '../platform/identity/keys.ts'
import type { Secrets } from '../platform/identity/secrets.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { CurrencyCode } from '../platform/money.ts'
import type { Randomness } from '../platform/random.ts'
import { systemRandomness } from '../platform/random.ts'
import { createLocalAsk } from '../platform/subgraph/ask.ts'
import type { SubgraphName } from '../platform/subgraph/name.ts'
import type { Subgraph } from '../platform/subgraph/subgraph.ts'
import { createAccounts } from '../subgraphs/accounts/subgraph.ts'
import { createLinkedNumbers } from '../subgraphs/linked-numbers/subgraph.ts'
import { createPayments } from '../subgraphs/payments/subgraph.ts'
import { createProducts } from '../subgraphs/products/subgraph.ts'

export type Subgraphs = Readonly<Record<SubgraphName, Subgraph>>

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
    return { db: connectDatabase<Tables>(options), reader: createReader(options), listener: createListener(options) }
  }
  const products = createProducts({ ...connect('products'), clock, currencyCode, logger })
  const payments = createPayments({ ...connect('payments'), clock, currencyCode, logger })
  const linkedNumbers = createLinkedNumbers({
    ...connect('linked-numbers'),
    clock,
    newId,
    logger,
    receivers: { products: products.receive, payments: payments.receive },
  })
  const accounts = await createAccounts({
    ...connect('accounts'),
    clock,
    newId,
    random: dependencies.random ?? systemRandomness,
    logger,
    accessTokenKeys: dependencies.accessTokenKeys,
    secrets: dependencies.accountsSecrets,
    ask: {
      'linked-numbers': createLocalAsk('accounts', linkedNumbers, newId),
      products: createLocalAsk('accounts', products, newId),
      payments: createLocalAsk('accounts', payments, newId),
    },
  })
  return { accounts, 'linked-numbers': linkedNumbers, products, payments }
}

export interface OneProcessDependencies extends SubgraphsDependencies {
  readonly isDevelopment: boolean
  readonly supergraphPath: string
  readonly subgraphTimeoutMs?: number
  /** Puts something between the gateway and a subgraph; tests put trouble there. */
  readonly wrapTransport?: (subgraph: SubgraphName, transport: Transport) => Transport
}

/** Gateway and subgraphs together. */
export interface OneProcess {
  readonly gateway: Gateway
  readonly subgraphs: Subgraphs
  close(): Promise<void>
}

export async function createOneProcess(dependencies: OneProcessDependencies): Promise<OneProcess> {
  const { clock, newId, logger, subgraphTimeoutMs, isDevelopment } = dependencies
  const subgraphs = await createSubgraphs(dependencies)
  const wrap = dependencies.wrapTransport ?? ((_, transport) => transport)
  const gateway = await createGateway({
    supergraph: createSupergraphFile({ path: dependencies.supergraphPath, logger }),
    transports: ({ name }) => {
      const subgraph = subgraphs[name as SubgraphName]
      return wrap(subgraph.name, createLocalTransport(subgraph))
    },
    authenticate: createAuthenticator({
      findKey: findKeyAmong(publicKeys(dependencies.accessTokenKeys)),
      clock,
    }),
    clock,
    newId,
    logger,
    isDevelopment,
    ...(subgraphTimeoutMs !== undefined && { subgraphTimeoutMs }),
  })
  return {
    gateway,
    subgraphs,
    async close() {
      await gateway.close()
      // Linked numbers first: its relay still delivers to the others.
      await subgraphs['linked-numbers'].close()
      await Promise.all([subgraphs.accounts.close(), subgraphs.products.close(), subgraphs.payments.close()])
    },
  }
}
