import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import { createOutboxRelay, type Deliver } from '../../platform/events/outbox.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { startRounds } from './actions/rounds.ts'
import { upkeepRounds } from './actions/upkeep.ts'
import { auditDaily } from './audit/daily-audit.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { paymentsPolicies } from './store/policies.ts'

export { paymentsPolicies } from './store/policies.ts'

export interface PaymentsDependencies extends Omit<ContextDependencies, 'policies' | 'onEvent'> {
  /**
   * How events reach accounts, which keeps the audit trail, and payments themselves: the other line of a transfer may
   * be kept elsewhere.
   */
  readonly receivers: Readonly<Record<'accounts' | 'payments', Deliver>>
}

/** How often it is looked whether the day's audit is due. */
const AUDIT_INTERVAL_MS = 600_000

/** The ledger, and all that moves money and bonus points of lines. */
export function createPayments(dependencies: PaymentsDependencies): Subgraph {
  const { db, reader, listener, clock, logger, jobs, receivers } = dependencies
  const relay = createOutboxRelay({ db, receivers, logger })
  const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
  const all = { ...dependencies, policies, onEvent: relay.poke }
  const services = createContextServices(all)
  const auditRound = { name: 'the ledger is audited', intervalMs: AUDIT_INTERVAL_MS, run: () => auditDaily(all) }
  const upkeep = startRounds([...upkeepRounds(all), auditRound], logger)
  jobs.start(new Map())
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
      await upkeep.stop()
      await jobs.stop()
      await relay.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
