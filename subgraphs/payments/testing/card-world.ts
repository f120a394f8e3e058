import { type AcquirerStandIn, startAcquirerStandIn } from '../../../cli/stand-ins/acquirer/start.ts'
import { accountId, insertAccount, insertCatalogue, insertLine } from '../../../cli/testing/fixture.ts'
import { TEST_SECRETS } from '../../../cli/testing/test-cabinet.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import type { Acquirer, PaymentWay } from '../../../platform/acquirer/acquirer.ts'
import { createYooKassa } from '../../../platform/acquirer/yookassa-client.ts'
import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createReader } from '../../../platform/database/reader.ts'
import { createNewId } from '../../../platform/ids.ts'
import type { JobQueue, NewJob } from '../../../platform/jobs/jobs.ts'
import { createOsmp } from '../../../platform/merchants/osmp-client.ts'
import { createPolicies } from '../../../platform/policy/policies.ts'
import { systemRandomness } from '../../../platform/random.ts'
import { unknownSimSwap } from '../../../platform/sim-swap/sim-swap.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { noSavedCards } from '../actions/auto-payments/saved-cards.ts'
import { createBackground } from '../actions/card-payments/background.ts'
import { beginCardPayment } from '../actions/card-payments/begin-card-payment.ts'
import type { CardDependencies } from '../actions/card-payments/card-dependencies.ts'
import { followPayment } from '../actions/card-payments/follow-payment.ts'
import { FOLLOW_REFUND } from '../actions/card-payments/queues.ts'
import { createReturnOrigins } from '../actions/card-payments/return-url.ts'
import { followRefund } from '../actions/refunds/follow-refund.ts'
import { type PaymentView, readPayment } from '../store/payment-views.ts'
import { paymentsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'

const SHOP = { shopId: 'shop', secretKey: 'secret-of-a-test' }
const HOUR_MS = 3_600_000
/** No refund ends by itself while a test runs. */
const SLOW_MS = HOUR_MS

export const NOON = new Date('2026-03-01T12:00:00Z')
export const RETURN_URL = 'http://localhost/paid'
export const PAGE: PaymentWay = { kind: 'PAGE', returnUrl: RETURN_URL, isCardSaved: true }

export function hoursOn(hours: number): Date {
  return new Date(NOON.getTime() + hours * HOUR_MS)
}

type LeftJob = NewJob & { readonly queue: JobQueue }

/** One line, an acquirer over the network, and a clock that the test sets: days pass at once, with the jobs that they have. */
export class CardWorld {
  static async open(): Promise<CardWorld> {
    const database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    const world = new CardWorld(database)
    world.#standIn = await startAcquirerStandIn({
      ...SHOP,
      clock: { now: () => world.now },
      newId: createNewId(systemClock),
      notices: { url: () => null, signature: { header: 'x', key: 'x' } },
      slowMs: SLOW_MS,
    })
    world.#dependencies = world.#connect(createYooKassa({ url: world.standIn.apiUrl, ...SHOP }))
    return world
  }

  now = NOON
  /** Whether the acquirer is there to be asked. */
  isAway = false
  jobs: LeftJob[] = []
  lineId = ''
  #lines = 0
  readonly #names = new Set<string>()
  readonly #reader: ReturnType<typeof createReader>
  #standIn: AcquirerStandIn | undefined
  #dependencies: CardDependencies | undefined

  private constructor(readonly database: TestDatabase) {
    this.#reader = createReader({ url: database.urls.payments, logger: watchedLogger })
  }
}
