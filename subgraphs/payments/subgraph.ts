import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'

export { paymentsPolicies } from './store/policies.ts'

export interface PaymentsDependencies extends ContextDependencies {
  readonly logger: Logger
}

/** The ledger: balances and bonus points of lines. */
export function createPayments({ db, reader, clock, currencyCode, logger }: PaymentsDependencies): Subgraph {
  return createSubgraph({
    name: 'payments',
    resolvers,
    services: createContextServices({ db, reader, clock, currencyCode }),
    async receive(event) {
      if (event.kind === 'LineAccessChanged') await applyLineAccessChanged(db as unknown as Kysely<never>, event)
    },
    checkReady: () => checkConnection(db),
    async close() {
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
