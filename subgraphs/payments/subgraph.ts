import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import { createOutboxRelay, type Deliver } from '../../platform/events/outbox.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { receivePoints } from './actions/bonus/give-points.ts'
import { noSavedCards, type SavedCards } from './actions/auto-payments/saved-cards.ts'
import { recurringRounds } from './actions/recurring/rounds.ts'
import { startRounds } from './actions/rounds.ts'
import { creditTransfer } from './actions/transfers/credit-transfer.ts'
import { settleTransfer } from './actions/transfers/settle-transfer.ts'
import { upkeepRounds } from './actions/upkeep.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { paymentsPolicies } from './store/policies.ts'

export { paymentsPolicies } from './store/policies.ts'

export interface PaymentsDependencies extends Omit<ContextDependencies, 'policies' | 'onEvent' | 'savedCards'> {
  /**
   * How events reach accounts, which keeps the audit trail, and payments themselves: the other line of a transfer may
   * be kept elsewhere.
   */
  readonly receivers: Readonly<Record<'accounts' | 'payments', Deliver>>
  /** Cards that pay without their holder; nobody has one without an acquirer. */
  readonly savedCards?: SavedCards
  /** How often it is looked what is due; tests set it, or do their own rounds. */
  readonly roundIntervalMs?: number
}

/** The ledger, and all that moves money and bonus points of lines. */
export function createPayments(dependencies: PaymentsDependencies): Subgraph {
  const { db, reader, listener, clock, logger, jobs, receivers } = dependencies
  const relay = createOutboxRelay({ db, receivers, logger })
  const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
  const savedCards = dependencies.savedCards ?? noSavedCards
  const all = { ...dependencies, policies, savedCards, onEvent: relay.poke }
  const services = createContextServices(all)
  const recurring = recurringRounds(all, dependencies.roundIntervalMs)
  const upkeep = startRounds([...upkeepRounds(all), ...recurring], logger)
  jobs.start(new Map())
  return createSubgraph({
    name: 'payments',
    resolvers,
    services,
    async receive(event) {
      switch (event.kind) {
        case 'LineAccessChanged':
          return applyLineAccessChanged(db as unknown as Kysely<never>, event)
        case 'TransferSent':
          return creditTransfer(all, event)
        case 'TransferCredited':
        case 'TransferRefused':
          return settleTransfer(all, event)
        case 'BonusPointsGiven':
          return receivePoints(all, event)
      }
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
