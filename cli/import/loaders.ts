import type { Clock } from '../../platform/clock.ts'
import { createPool } from '../../platform/database/connect.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { mapSubgraphs, type SubgraphName } from '../../platform/subgraph/name.ts'
import { type AccountsBulk, createAccountsBulk } from '../../subgraphs/accounts/bulk.ts'
import { createLinkedNumbersBulk, type LinkedNumbersBulk } from '../../subgraphs/linked-numbers/bulk.ts'
import { createPaymentsBulk, type PaymentsBulk } from '../../subgraphs/payments/bulk.ts'
import { createProductsBulk, type ProductsBulk } from '../../subgraphs/products/bulk.ts'

/** The ways into the four subgraphs' data, each with the subgraph's own role. */
export interface Loaders {
  readonly accounts: AccountsBulk
  readonly linkedNumbers: LinkedNumbersBulk
  readonly products: ProductsBulk
  readonly payments: PaymentsBulk
}

export interface LoadersOptions {
  /** Where each subgraph's data is, as its own role. */
  readonly databases: Readonly<Record<SubgraphName, string>>
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
}

/** Batches in flight, and one connection more for looking up the next. */
const POOL_SIZE_MAX = 4

export async function withLoaders<Result>(
  { databases, clock, newId, logger }: LoadersOptions,
  use: (loaders: Loaders) => Promise<Result>,
): Promise<Result> {
  const pools = mapSubgraphs((name) => createPool({ url: databases[name], poolSizeMax: POOL_SIZE_MAX, logger }))
  try {
    return await use({
      accounts: createAccountsBulk({ pool: pools.accounts, newId }),
      linkedNumbers: createLinkedNumbersBulk({ pool: pools['linked-numbers'], newId, clock }),
      products: createProductsBulk({ pool: pools.products, newId, clock }),
      payments: createPaymentsBulk({ pool: pools.payments, newId, clock }),
    })
  } finally {
    await Promise.all(Object.values(pools).map((pool) => pool.end()))
  }
}
