import type { JSONWebKeySet } from 'jose'
import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Listen } from '../../platform/database/listen.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { EndedSessionFeed } from '../../platform/identity/ended-sessions.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import type { Secrets } from '../../platform/identity/secrets.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import type { Randomness } from '../../platform/random.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import { createSweeper } from './actions/one-time-passwords/sweeper.ts'
import { createPasswordHasher } from './actions/passwords/password-hasher.ts'
import { createEndedSessionFeed } from './actions/sessions/ended-session-feed.ts'
import { type DevelopmentSession, openDevelopmentSession } from './actions/sessions/open-development-session.ts'
import type { IssuedSession } from './actions/sessions/open-session.ts'
import { createContextServices } from './context.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { accountsPolicies } from './store/policies.ts'
import type { Tables } from './store/tables.ts'

export interface AccountsDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly listen: Listen
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly logger: Logger
  /** Signs access tokens: the first key; the others are still believed. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly secrets: Secrets
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

/** The subgraph, what gateways hear from it beside answers, and the way in for developers. */
export interface Accounts extends Subgraph {
  readonly endedSessions: EndedSessionFeed
  /** Signs in without asking who it is: no process in production calls it. */
  openDevelopmentSession(session: DevelopmentSession): Promise<IssuedSession | null>
}

/** People and organizations: who they are, how they get in, and what they are told. */
export async function createAccounts(dependencies: AccountsDependencies): Promise<Accounts> {
  const { db, reader, clock, logger } = dependencies
  const all = {
    ...dependencies,
    onOutgoing: () => undefined,
    signer: await signingKey(dependencies.accessTokenKeys),
    policies: createPolicies({ reader, clock, schema: accountsPolicies }),
    hasher: createPasswordHasher(dependencies.random),
  }
  const endedSessions = createEndedSessionFeed(dependencies)
  const sweeper = createSweeper({ db, clock, logger })
  const subgraph = createSubgraph({
    name: 'accounts',
    resolvers,
    services: createContextServices(all),
    checkReady: () => checkConnection(db),
    async close() {
      await endedSessions.close()
      await sweeper.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
  return { ...subgraph, endedSessions, openDevelopmentSession: (session) => openDevelopmentSession(all, session) }
}
