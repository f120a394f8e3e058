import type { Kysely } from 'kysely'
import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import type { Tables } from './store/tables.ts'

export interface AccountsDependencies extends ContextDependencies {
  readonly db: Kysely<Tables>
  readonly logger: Logger
}

/** The accounts of persons and organizations. */
export function createAccounts({ db, reader, logger }: AccountsDependencies): Subgraph {
  return createSubgraph({
    name: 'accounts',
    resolvers,
    services: createContextServices({ reader }),
    checkReady: () => checkConnection(db),
    async close() {
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
