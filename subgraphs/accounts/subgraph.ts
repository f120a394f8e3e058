import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Logger } from '../../platform/logger.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { type ContextDependencies, createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'

export interface AccountsDependencies extends ContextDependencies {
  readonly logger: Logger
}

/** The accounts of persons and organizations. */
export function createAccounts({ db, logger }: AccountsDependencies): Subgraph {
  return createSubgraph({
    name: 'accounts',
    resolvers,
    createContext: () => createContextServices({ db }),
    checkReady: () => checkConnection(db),
    close: () => db.destroy(),
    logger,
  })
}
