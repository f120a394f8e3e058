import type { JSONWebKeySet } from 'jose'
import type { Kysely } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import { checkConnection } from '../../platform/database/check-connection.ts'
import type { Listen } from '../../platform/database/listen.ts'
import type { Listener } from '../../platform/database/listener.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Deliver } from '../../platform/events/outbox.ts'
import { createOutboxRelay } from '../../platform/events/outbox-relay.ts'
import type { EndedSessionFeed } from '../../platform/identity/ended-sessions.ts'
import type { SocialProvider, StaffProviderOptions } from '../../platform/identity/identity-provider.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import type { Secrets } from '../../platform/identity/secrets.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Logger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import type { Randomness } from '../../platform/random.ts'
import type { OpenDownload } from '../../platform/serving/downloads.ts'
import type { SimSwap } from '../../platform/sim-swap/sim-swap.ts'
import type { Sleep } from '../../platform/sleep.ts'
import type { SmsTransport } from '../../platform/sms/transport.ts'
import type { SpendingLedger } from '../../platform/spending/spending.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createSubgraph, type Subgraph } from '../../platform/subgraph/subgraph.ts'
import type { UssdServices } from '../../platform/ussd/route.ts'
import { startConsultantUpkeep } from './actions/consultant/upkeep.ts'
import { createSimChanges } from './actions/credential-hold/sim-changes.ts'
import { openDownload } from './actions/exports/download-export.ts'
import { eraseWhenOver, prepareExport } from './actions/exports/prepare-export.ts'
import { ERASE_EXPORT, PREPARE_EXPORT } from './actions/exports/queues.ts'
import { receiveAct } from './actions/notices/receive-act.ts'
import { createPasswordHasher } from './actions/passwords/password-hasher.ts'
import { createProvider } from './actions/providers/provider.ts'
import { createEndedSessionFeed } from './actions/sessions/ended-session-feed.ts'
import { type DevelopmentSession, openDevelopmentSession } from './actions/sessions/open-development-session.ts'
import type { IssuedSession } from './actions/sessions/open-session.ts'
import { createStaffProvider } from './actions/staff/staff-dependencies.ts'
import { createSweeper } from './actions/sweeper.ts'
import { answerUssd, takeUssdNonce } from './actions/ussd/answer-ussd.ts'
import { createContextServices } from './context.ts'
import { createSender } from './messages/sender.ts'
import { createNotifier } from './notices/notifier.ts'
import { resolvers } from './resolvers/resolvers.ts'
import { createMessageQueue } from './store/message-queue.ts'
import { accountsPolicies } from './store/policies.ts'
import { createSpendingLedger } from './store/spending.ts'
import type { Tables } from './store/tables.ts'

export { accountsPolicies } from './store/policies.ts'

export interface AccountsDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly listen: Listen
  readonly listener: Listener
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly sleep: Sleep
  readonly logger: Logger
  /** Signs access tokens: the first key; the others are still believed. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly secrets: Secrets
  /** By whose accounts customers sign in; none when there are none. */
  readonly socialProviders: readonly SocialProvider[]
  /** By whose accounts staff sign in; null where they do it elsewhere. */
  readonly staffProvider: StaffProviderOptions | null
  /** How text messages leave; null when another process sends them. */
  readonly sms: SmsTransport | null
  /** How events reach those who keep something for an account. */
  readonly receivers: Readonly<Record<'payments', Deliver>>
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
  /** The network, asked about changes of SIMs. */
  readonly simSwap: SimSwap
  /** Work that goes on after a request was answered; begun and stopped with the subgraph. */
  readonly jobs: Jobs
}

/** The subgraph, what it serves beside the graph, and the way in for developers. */
export interface Accounts extends Subgraph {
  /** Copies of people's data, by the token of a link. */
  readonly openDownload: OpenDownload
  /** What telephones ask over USSD; the key is the caller's. */
  readonly ussd: Omit<UssdServices, 'key'>
  /** What gateways hear, so that they refuse what was ended. */
  readonly endedSessions: EndedSessionFeed
  /** What the senders of requests have asked for, as all gateways tell it. */
  readonly spending: SpendingLedger
  /** Signs in without asking who it is: no process in production calls it. */
  openDevelopmentSession(session: DevelopmentSession): Promise<IssuedSession | null>
}

/** People and organizations: who they are, how they get in, and what they are told. */
export async function createAccounts(dependencies: AccountsDependencies): Promise<Accounts> {
  const { db, reader, clock, logger, jobs, sms, socialProviders, staffProvider, receivers } = dependencies
  const relay = createOutboxRelay({ db, receivers, logger })
  const policies = createPolicies({ reader, clock, schema: accountsPolicies })
  const sender = sms && createSender({ ...dependencies, queue: createMessageQueue(db), transport: sms })
  const notifier = createNotifier({ ...dependencies, policies, onMessages: () => sender?.poke() })
  const onOutgoing = (): void => {
    notifier.poke()
    sender?.poke()
    relay.poke()
  }
  const all = {
    ...dependencies,
    simChanges: createSimChanges(dependencies),
    providerNames: socialProviders,
    socialProviders: socialProviders.map((options) => createProvider(options, { clock, logger })),
    staffProvider: staffProvider && createStaffProvider(staffProvider, { clock, logger }),
    onOutgoing,
    signer: await signingKey(dependencies.accessTokenKeys),
    policies,
    hasher: createPasswordHasher(dependencies.random),
  }
  const endedSessions = createEndedSessionFeed(dependencies)
  const consultantUpkeep = startConsultantUpkeep({ ...dependencies, policies })
  const sweeper = createSweeper({ db, clock, policies, logger })
  jobs.start(
    new Map([
      [PREPARE_EXPORT, ({ data, signal }) => prepareExport(all, data, signal)],
      [ERASE_EXPORT, ({ data }) => eraseWhenOver(all, data)],
    ]),
  )
  const services = createContextServices(all)
  const subgraph = createSubgraph({
    name: 'accounts',
    resolvers,
    services,
    async receive(event) {
      if (event.kind === 'ActRecorded') await receiveAct(all, event)
    },
    checkReady: () => checkConnection(db),
    async close() {
      services.conversationChanges.close()
      await dependencies.listener.close()
      await endedSessions.close()
      await sweeper.stop()
      await jobs.stop()
      await consultantUpkeep.stop()
      await relay.stop()
      // The notifier first: what it still queues goes to the sender.
      await notifier.stop()
      await sender?.stop()
      await reader.close()
      await db.destroy()
    },
    logger,
  })
  return {
    ...subgraph,
    endedSessions,
    spending: createSpendingLedger(db, clock),
    openDevelopmentSession: (session) => openDevelopmentSession(all, session),
    openDownload: (token, requestId) => openDownload(all, token, requestId),
    ussd: {
      clock,
      takeNonce: (nonce) => takeUssdNonce(all, nonce),
      answer: (request, requestId) => answerUssd(all, request, requestId),
    },
  }
}
