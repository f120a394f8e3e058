import type { Transaction } from 'kysely'
import { expect } from 'vitest'
import { type AcquirerStandIn, startAcquirerStandIn } from '../../../cli/stand-ins/acquirer/start.ts'
import { accountId, insertAccount, insertCatalogue, insertLine } from '../../../cli/testing/fixture.ts'
import { TEST_SECRETS } from '../../../cli/testing/test-cabinet.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import type { Acquirer, AcquirerAnswer, PaymentWay } from '../../../platform/acquirer/acquirer.ts'
import { createYooKassa } from '../../../platform/acquirer/yookassa-client.ts'
import { systemClock } from '../../../platform/clock.ts'
import { createNewId } from '../../../platform/ids.ts'
import type { JobQueue, Jobs, NewJob } from '../../../platform/jobs/jobs.ts'
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
import type { Tables } from '../store/tables.ts'
import { createWorker } from './worker.ts'

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

/** A line, an acquirer over the network, and a clock that the test sets: days pass at once, with the jobs that they have. */
export interface CardWorld {
  now: Date
  /** Whether the acquirer is there to be asked. */
  isAway: boolean
  /** What waits for its moment. */
  jobs: LeftJob[]
  lineId: string
  readonly database: TestDatabase
  readonly standIn: AcquirerStandIn
  readonly dependencies: CardDependencies
  /** It is noon again, on a line of its own that has 100.00. */
  begin(): Promise<void>
  /** Writes down a top-up of 150.00, as a request does before the acquirer is asked. */
  beginTopUp(way?: PaymentWay): Promise<string>
  /** Lets time pass, and does each job when its moment has come, until the moment. Gives how many were done. */
  liveUntil(end: Date): Promise<number>
  payment(paymentId: string): Promise<PaymentView | undefined>
  balance(): Promise<{ readonly posted: number; readonly reserved: number }>
  close(): Promise<void>
}

export async function openCardWorld(): Promise<CardWorld> {
  const database = await createTestDatabase()
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  const clock = { now: () => world.now }
  const standIn = await startAcquirerStandIn({
    ...SHOP,
    clock,
    newId: createNewId(systemClock),
    notices: { url: () => null, signature: { header: 'x', key: 'x' } },
    slowMs: SLOW_MS,
  })
  const newId = createNewId(systemClock)
  const worker = createWorker({ database, clock, newId, savedCards: noSavedCards })
  const dependencies: CardDependencies = {
    ...worker.dependencies,
    jobs: keepIn(() => world.jobs),
    acquirer: sometimesAway(
      createYooKassa({ url: standIn.apiUrl, ...SHOP, logger: watchedLogger }),
      () => world.isAway,
    ),
    secrets: TEST_SECRETS,
    returnOrigins: createReturnOrigins([]),
    background: createBackground(watchedLogger),
  }
  let lines = 0
  const world: CardWorld = {
    now: NOON,
    isAway: false,
    jobs: [],
    lineId: '',
    database,
    standIn,
    dependencies,
    async begin() {
      Object.assign(world, { now: NOON, isAway: false, jobs: [] })
      world.lineId = await insertLine(database, { number: ++lines, ownerId: accountId(1), kopecks: 10_000n })
    },
    beginTopUp: (way = PAGE) => beginTopUp(dependencies, world.lineId, way),
    liveUntil: (end) => liveUntil(world, end),
    payment: (paymentId) => readPayment(dependencies.db, { lineId: world.lineId, paymentId }),
    async balance() {
      const [row] = await database.sql<{ posted: number; reserved: number }>(
        `select posted::int, reserved::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
        [world.lineId],
      )
      return row ?? { posted: 0, reserved: 0 }
    },
    async close() {
      await standIn.close()
      await worker.close()
      await database.drop()
    },
  }
  return world
}

/** Jobs as a queue keeps them: of one name there is one. */
function keepIn(waiting: () => LeftJob[]): Jobs {
  const names = new Set<string>()
  return {
    async send(_, queue, job) {
      if (job.name !== undefined && names.has(job.name)) return
      if (job.name !== undefined) names.add(job.name)
      waiting().push({ ...job, queue })
    },
    start: () => undefined,
    stop: async () => undefined,
  }
}

function sometimesAway(acquirer: Acquirer, isAway: () => boolean): Acquirer {
  const orAway =
    <Arguments extends readonly unknown[], Answer>(ask: (...args: Arguments) => Promise<Answer>) =>
    async (...args: Arguments): Promise<Answer | { kind: 'unknown'; cause: 'timeout' }> =>
      isAway() ? { kind: 'unknown', cause: 'timeout' } : ask(...args)
  return {
    ...acquirer,
    createPayment: orAway(acquirer.createPayment),
    findPayment: orAway(acquirer.findPayment),
    listPayments: orAway(acquirer.listPayments),
    createRefund: orAway(acquirer.createRefund),
    findRefund: orAway(acquirer.findRefund),
    listRefunds: orAway(acquirer.listRefunds),
  }
}

function beginTopUp(dependencies: CardDependencies, lineId: string, way: PaymentWay): Promise<string> {
  const wish = { kind: 'TOP_UP', lineId, accountId: accountId(1), amount: 15_000n, way, cardId: null } as const
  return dependencies.db
    .transaction()
    .execute((trx) =>
      beginCardPayment(trx, dependencies, { ...wish, share: { member: null }, customerPhone: '+79160000001' }),
    )
}

async function liveUntil(world: CardWorld, end: Date): Promise<number> {
  let done = 0
  for (;;) {
    const [next] = world.jobs.toSorted((a, b) => momentOf(a) - momentOf(b))
    if (!next || momentOf(next) > end.getTime()) break
    world.jobs = world.jobs.filter((job) => job !== next)
    world.now = new Date(Math.max(world.now.getTime(), momentOf(next)))
    await (next.queue === FOLLOW_REFUND ? followRefund : followPayment)(world.dependencies, next.data)
    done++
  }
  world.now = end
  return done
}

export function momentOf({ startAfter }: NewJob): number {
  return startAfter?.getTime() ?? 0
}

/** A process that another answer reaches than the acquirer's own. */
export interface Misled {
  readonly dependencies: CardDependencies
  /** Once it has asked. */
  readonly hasAsked: Promise<void>
  /** Lets what it asked for arrive at the acquirer after all. */
  arrive(): Promise<void>
}

/** Whose requests for money, and for refunds, do not arrive before they are let, and are answered by the test. */
export function misled({ dependencies }: CardWorld, answer: () => Promise<AcquirerAnswer<never>>): Misled {
  const { acquirer } = dependencies
  const onTheirWay: (() => Promise<unknown>)[] = []
  const { promise: hasAsked, resolve } = Promise.withResolvers<void>()
  const mislead =
    <Arguments extends readonly unknown[]>(ask: (...args: Arguments) => Promise<unknown>) =>
    (...args: Arguments) => {
      onTheirWay.push(() => ask(...args))
      resolve()
      return answer()
    }
  return {
    dependencies: {
      ...dependencies,
      acquirer: acquirer && {
        ...acquirer,
        createPayment: mislead(acquirer.createPayment),
        createRefund: mislead(acquirer.createRefund),
      },
    },
    hasAsked,
    async arrive() {
      for (const ask of onTheirWay.splice(0)) await ask()
    },
  }
}

/** Two processes that ask for the same. */
export interface AskedAtOnce<Outcome> {
  /** Holds what both wait for, once both have read that nobody has asked. */
  readonly lock: (trx: Transaction<Tables>) => Promise<unknown>
  readonly ask: (dependencies: CardDependencies) => Promise<Outcome>
  /** Of whose request the acquirer will know nothing. The other's is on its way when both have heard. */
  readonly refused: 'first' | 'second'
}

/** Lets them ask at the same moment. Gives what each made of it; then the request that is on its way may arrive. */
export async function askAtOnce<Outcome>(
  world: CardWorld,
  { lock, ask, refused }: AskedAtOnce<Outcome>,
): Promise<Pick<Misled, 'arrive'> & { readonly outcomes: readonly Outcome[] }> {
  const slow = misled(world, async () => ({ kind: 'unknown', cause: 'timeout' }))
  const refusal = misled(world, async () => {
    await slow.hasAsked
    return { kind: 'refused', code: 'INVALID_REQUEST' }
  })
  const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const asking: Promise<Outcome>[] = []
  await world.dependencies.db.transaction().execute(async (trx) => {
    await lock(trx)
    for (const { dependencies } of refused === 'first' ? [refusal, slow] : [slow, refusal]) {
      asking.push(ask(dependencies))
      await expect.poll(() => world.database.sql(waiting), { timeout: 30_000 }).toHaveLength(asking.length)
    }
  })
  return { outcomes: await Promise.all(asking), arrive: slow.arrive }
}
