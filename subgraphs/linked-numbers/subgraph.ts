import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Deliver } from '../../platform/events/outbox.ts'
import { createOutboxRelay } from '../../platform/events/outbox-relay.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import type { Tables } from './store/tables.ts'

export interface LinkedNumbersDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
  /** How events reach accounts, which keeps the audit trail, and those that keep a copy of the rights on lines. */
  readonly receivers: Readonly<Record<'accounts' | 'products' | 'payments', Deliver>>
}

/** Lines, who may do what with them, and which line has a telephone number. */
export function createLinkedNumbers({
  db,
  reader,
  clock,
  newId,
  logger,
  receivers,
}: LinkedNumbersDependencies): Subgraph {
  const relay = createOutboxRelay({ db, receivers, logger })
  const services = createContextServices({ db, reader, clock, newId, onEvent: relay.poke })
  return createSubgraph({
    name: 'linked-numbers',
    resolvers,
    services,
    checkReady: () => checkConnection(db),
    async close() {
      await relay.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
