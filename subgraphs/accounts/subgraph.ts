import type { JSONWebKeySet } from 'jose'
import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Reader } from '../../platform/database/reader.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import type { Secrets } from '../../platform/identity/secrets.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import type { Randomness } from '../../platform/random.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { createSweeper } from './actions/one-time-passwords/sweeper.ts'
import { createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { accountsPolicies } from './store/policies.ts'
import type { Tables } from './store/tables.ts'

export interface AccountsDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly logger: Logger
  /** Signs access tokens: the first key; the others are still believed. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly secrets: Secrets
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

/** People and organizations: who they are, how they get in, and what they are told. */
export async function createAccounts(dependencies: AccountsDependencies): Promise<Subgraph> {
  const { db, reader, clock, logger } = dependencies
  const services = createContextServices({
    ...dependencies,
    onOutgoing: () => undefined,
    signer: await signingKey(dependencies.accessTokenKeys),
    policies: createPolicies({ reader, clock, schema: accountsPolicies }),
  })
  const sweeper = createSweeper({ db, clock, logger })
  return createSubgraph({
    name: 'accounts',
    resolvers,
    services,
    checkReady: () => checkConnection(db),
    async close() {
      await sweeper.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
}
