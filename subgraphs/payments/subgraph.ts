import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'

export { paymentsPolicies } from './store/policies.ts'

export type PaymentsDependencies = ContextDependencies

/** The ledger: balances and bonus points of lines. */
export function createPayments(dependencies: PaymentsDependencies): Subgraph {
  const { db, reader, listener, logger } = dependencies
  const services = createContextServices(dependencies)
  return createSubgraph({
    name: 'payments',
    resolvers,
    services,
    async receive(event) {
      if (event.kind === 'LineAccessChanged') await applyLineAccessChanged(db as unknown as Kysely<never>, event)
    },
    checkReady: () => checkConnection(db),
    async close() {
      services.balanceChanges.close()
      await listener.close()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
