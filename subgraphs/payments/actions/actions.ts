import type { Kysely } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { CurrencyCode } from '../../../platform/money.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import type { Randomness } from '../../../platform/random.ts'
import type { SimSwap } from '../../../platform/sim-swap/sim-swap.ts'
import type { AskSubgraph } from '../../../platform/subgraph/ask.ts'
import type { PaymentsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'

/** What the actions of payments need between them. */
export interface ActionDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly logger: Logger
  readonly currencyCode: CurrencyCode
  readonly policies: Policies<PaymentsPolicies>
  /** Called after events are committed, so that they leave at once. */
  readonly onEvent: () => void
  /** Work that goes on after a request was answered. */
  readonly jobs: Jobs
  readonly ask: Readonly<Record<'accounts' | 'linked-numbers' | 'products', AskSubgraph>>
  /** The network, asked about changes of SIMs. */
  readonly simSwap: SimSwap
}
