import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import { applyLineAccessChanged } from '../../platform/events/line-access-projection.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'

export interface ProductsDependencies extends ContextDependencies {
  readonly logger: Logger
}

/** The catalogue, and the tariff and options of lines. */
export function createProducts({ db, reader, clock, currencyCode, logger }: ProductsDependencies): Subgraph {
  return createSubgraph({
    name: 'products',
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
