import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { createOutboxRelay, type Deliver } from '../../platform/events/outbox.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import type { Tables } from './store/tables.ts'

export interface LinkedNumbersDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  /** The subgraphs that keep a copy of the rights on lines, and how events reach them. */
  readonly receivers: Readonly<Record<'products' | 'payments', Deliver>>
}

/** Lines, who may do what with them, and which line has a telephone number. */
export function createLinkedNumbers({ db, clock, newId, logger, receivers }: LinkedNumbersDependencies): Subgraph {
  const relay = createOutboxRelay({ db, receivers, logger })
  return createSubgraph({
    name: 'linked-numbers',
    resolvers,
    createContext: () => createContextServices({ db, clock, newId, onEvent: relay.poke }),
    checkReady: () => checkConnection(db),
    async close() {
      await relay.stop()
      await db.destroy()
    },
    logger,
  })
}
