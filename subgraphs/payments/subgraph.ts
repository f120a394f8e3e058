import type { Kysely } from 'kysely'
import type { TakeNotice } from '../../platform/acquirer/notice-route.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import type { Deliver } from '../../platform/events/outbox.ts'
import { createOutboxRelay } from '../../platform/events/outbox-relay.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { createAcquirerCards } from './actions/auto-payments/acquirer-cards.ts'
import type { SavedCards } from './actions/auto-payments/saved-cards.ts'
import { receivePoints } from './actions/bonus/give-points.ts'
import { createBackground } from './actions/card-payments/background.ts'
import { cardJobs } from './actions/card-payments/card-actions.ts'
import { createReturnOrigins } from './actions/card-payments/return-url.ts'
import { endPayer } from './actions/closing/end-payer.ts'
import { recurringRounds } from './actions/recurring/rounds.ts'
import { startRounds } from './actions/rounds.ts'
import { creditTransfer } from './actions/transfers/credit-transfer.ts'
import { settleTransfer } from './actions/transfers/settle-transfer.ts'
import { upkeepRounds } from './actions/upkeep.ts'
import { auditDaily } from './audit/daily-audit.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { paymentsPolicies } from './store/policies.ts'

export { settleByHand } from './actions/purchases/settle-by-hand.ts'
export { paymentsPolicies } from './store/policies.ts'

export interface PaymentsDependencies
  extends Omit<ContextDependencies, 'policies' | 'onEvent' | 'background' | 'returnOrigins' | 'savedCards'> {
  /** The operator's own sites, as origins. */
  readonly returnOrigins: readonly string[]
  /**
   * How events reach accounts, which keeps the audit trail, and payments themselves: the other line of a transfer may
   * be kept elsewhere.
   */
  readonly receivers: Readonly<Record<'accounts' | 'payments', Deliver>>
  /** Cards that pay without their holder; those at the acquirer if left out. */
  readonly savedCards?: SavedCards
  /** How often it is looked what is due; tests set it, or do their own rounds. */
  readonly roundIntervalMs?: number
}

/** The subgraph, and what it serves beside the graph. */
export interface Payments extends Subgraph {
  /** What the acquirer tells by itself. */
  readonly takeNotice: TakeNotice
}

/** How often it is looked whether the day's audit is due. */
const AUDIT_INTERVAL_MS = 600_000

/** The ledger, and all that moves money and bonus points of lines. */
export function createPayments(dependencies: PaymentsDependencies): Payments {
  const { db, reader, listener, clock, logger, jobs, receivers } = dependencies
  const relay = createOutboxRelay({ db, receivers, logger })
  const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
  const background = createBackground(logger)
  const returnOrigins = createReturnOrigins(dependencies.returnOrigins)
  const cards = { ...dependencies, policies, onEvent: relay.poke, background, returnOrigins }
  const all = { ...cards, savedCards: dependencies.savedCards ?? createAcquirerCards(cards) }
  const services = createContextServices(all)
  const auditRound = { name: 'the ledger is audited', intervalMs: AUDIT_INTERVAL_MS, run: () => auditDaily(all) }
  const recurring = recurringRounds(all, dependencies.roundIntervalMs)
  const upkeep = startRounds([...upkeepRounds(all), auditRound, ...recurring], logger)
  jobs.start(new Map(cardJobs(all)))
  const subgraph = createSubgraph({
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
        case 'AccountClosed':
          return endPayer(all, event)
      }
    },
    checkReady: () => checkConnection(db),
    async close() {
      services.balanceChanges.close()
      await listener.close()
      await upkeep.stop()
      await background.stop()
      await jobs.stop()
      await relay.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
  return { ...subgraph, takeNotice: services.cards.takeNotice }
}
