import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type AcquirerStandIn, startAcquirerStandIn } from '../../../../cli/stand-ins/acquirer/start.ts'
import { accountId, insertAccount, insertCatalogue, insertLine } from '../../../../cli/testing/fixture.ts'
import { payOnPage } from '../../../../cli/testing/payment-page.ts'
import { TEST_SECRETS } from '../../../../cli/testing/test-cabinet.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import type { Acquirer, PaymentWay } from '../../../../platform/acquirer/acquirer.ts'
import { createYooKassa } from '../../../../platform/acquirer/yookassa-client.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader } from '../../../../platform/database/reader.ts'
import { createNewId } from '../../../../platform/ids.ts'
import type { NewJob } from '../../../../platform/jobs/jobs.ts'
import { createOsmp } from '../../../../platform/merchants/osmp-client.ts'
import { createPolicies } from '../../../../platform/policy/policies.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { unknownSimSwap } from '../../../../platform/sim-swap/sim-swap.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { readPayment } from '../../store/payment-views.ts'
import { paymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { noSavedCards } from '../auto-payments/saved-cards.ts'
import { createBackground } from './background.ts'
import { beginCardPayment } from './begin-card-payment.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { followPayment } from './follow-payment.ts'
import { createReturnOrigins } from './return-url.ts'

const SHOP = { shopId: 'shop', secretKey: 'secret-of-a-test' }
const NOON = new Date('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000
const RETURN_URL = 'http://localhost/paid'
const PAGE: PaymentWay = { kind: 'PAGE', returnUrl: RETURN_URL, isCardSaved: true }

let database: TestDatabase
let standIn: AcquirerStandIn
let dependencies: CardDependencies
let reader: ReturnType<typeof createReader>
let now = NOON
let jobs: NewJob[] = []
/** Whether the acquirer is there to be asked. */
let isAway = false
let lines = 0
let lineId: string

beforeAll(async () => {
  database = await createTestDatabase()
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  const clock = { now: () => now }
  const newId = createNewId(systemClock)
  standIn = await startAcquirerStandIn({
    ...SHOP,
    clock,
    newId,
    notices: { url: () => null, signature: { header: 'x', key: 'x' } },
  })
  const db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
  reader = createReader({ url: database.urls.payments, logger: watchedLogger })
  const nobody = () => Promise.reject(new Error('nobody is asked'))
  dependencies = {
    db,
    reader,
    clock,
    newId,
    random: systemRandomness,
    logger: watchedLogger,
    currencyCode: 'RUB',
    policies: createPolicies({ reader, clock, schema: paymentsPolicies }),
    onEvent: () => undefined,
    jobs: {
      send: async (_, __, job) => void jobs.push(job),
      start: () => undefined,
      stop: async () => undefined,
    },
    ask: { accounts: nobody, 'linked-numbers': nobody, products: nobody },
    simSwap: unknownSimSwap,
    merchants: createOsmp({ endpoints: [] }),
    savedCards: noSavedCards,
    acquirer: sometimesAway(createYooKassa({ url: standIn.apiUrl, ...SHOP })),
    secrets: TEST_SECRETS,
    returnOrigins: createReturnOrigins([]),
    background: createBackground(watchedLogger),
  }
})

afterAll(async () => {
  await standIn.close()
  await reader.close()
  await dependencies.db.destroy()
  await database.drop()
})

beforeEach(async () => {
  now = NOON
  jobs = []
  isAway = false
  lineId = await insertLine(database, { number: ++lines, ownerId: accountId(1), kopecks: 10_000n })
})

function sometimesAway(acquirer: Acquirer): Acquirer {
  const orAway =
    <Arguments extends readonly unknown[], Answer>(ask: (...args: Arguments) => Promise<Answer>) =>
    async (...args: Arguments): Promise<Answer | { kind: 'unknown'; cause: 'timeout' }> =>
      isAway ? { kind: 'unknown', cause: 'timeout' } : ask(...args)
  return {
    ...acquirer,
    createPayment: orAway(acquirer.createPayment),
    findPayment: orAway(acquirer.findPayment),
    listPayments: orAway(acquirer.listPayments),
  }
}

async function begin(way: PaymentWay = PAGE, amount = 15_000n): Promise<string> {
  const wish = { kind: 'TOP_UP', lineId, accountId: accountId(1), amount, way, cardId: null } as const
  return dependencies.db
    .transaction()
    .execute((trx) =>
      beginCardPayment(trx, dependencies, { ...wish, share: { member: null }, customerPhone: '+79160000001' }),
    )
}

/** Lets time pass, and does each job when its moment has come, until there are no more or the moment is reached. */
async function liveUntil(end: Date): Promise<number> {
  let done = 0
  for (;;) {
    const [next] = jobs.toSorted((a, b) => moment(a) - moment(b))
    if (!next || moment(next) > end.getTime()) break
    jobs = jobs.filter((job) => job !== next)
    now = new Date(Math.max(now.getTime(), moment(next)))
    await followPayment(dependencies, next.data)
    done++
  }
  now = end
  return done
}

const moment = (job: NewJob) => job.startAfter?.getTime() ?? 0
const hoursOn = (hours: number) => new Date(NOON.getTime() + hours * HOUR_MS)
const payment = async (paymentId: string) => readPayment(dependencies.db, { lineId, paymentId })
const posted = async () => {
  const [row] = await database.sql<{ posted: number }>(
    `select posted::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
    [lineId],
  )
  return row?.posted
}
const theirs = () => [...standIn.bank.payments.values()].filter(({ metadata }) => metadata['line_id'] === lineId)

describe('the job that follows a payment', () => {
  it('asks with growing pauses while the acquirer is away, and goes on where it was when it is back', async () => {
    isAway = true
    const id = await begin()
    // 15 s, 30 s, a minute, …: not every second for an hour.
    expect(await liveUntil(hoursOn(0.9))).toBeLessThan(10)
    expect(theirs()).toHaveLength(0)
    isAway = false
    await liveUntil(hoursOn(1.1))
    expect(await payment(id)).toMatchObject({ status: 'PENDING', confirmation_url: expect.stringMatching(/^http/) })
    expect(theirs()).toHaveLength(1)
  })

  it('says that the time is over, and credits what the acquirer took in its last minute all the same', async () => {
    const id = await begin()
    await liveUntil(hoursOn(1))
    const url = (await payment(id))?.confirmation_url ?? ''
    await liveUntil(hoursOn(4))
    expect(await payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    await payOnPage(url, 'success')
    await liveUntil(hoursOn(6))
    expect(await payment(id)).toMatchObject({ status: 'SUCCEEDED', failure: null })
    expect(await posted()).toBe(25_000)
    expect(jobs).toEqual([])
  })

  it('never asks for money after the time to pay, though nobody knows whether it was asked for before', async () => {
    const saved = await begin()
    await liveUntil(hoursOn(0.1))
    await payOnPage((await payment(saved))?.confirmation_url ?? '', 'success')
    await liveUntil(hoursOn(1))
    const token = [...standIn.bank.methods.keys()].at(-1) ?? ''
    isAway = true
    const id = await begin({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    await liveUntil(hoursOn(30))
    // It is still not known, and the customer is not told what is not known.
    expect(await payment(id)).toMatchObject({ status: 'PENDING' })
    isAway = false
    await liveUntil(hoursOn(33))
    expect(await payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    expect(theirs()).toHaveLength(1)
    expect(await posted()).toBe(25_000)
  })

  it('finds in the acquirer’s list, after its key is forgotten, what had come through unheard', async () => {
    const first = await begin()
    await liveUntil(hoursOn(0.1))
    await payOnPage((await payment(first))?.confirmation_url ?? '', 'success')
    await liveUntil(hoursOn(1))
    const token = [...standIn.bank.methods.keys()].at(-1) ?? ''
    const { acquirer } = dependencies
    const deaf: CardDependencies = {
      ...dependencies,
      acquirer: acquirer && {
        ...acquirer,
        createPayment: async (...args) => {
          await acquirer.createPayment(...args)
          return { kind: 'unknown', cause: 'timeout' }
        },
      },
    }
    const id = await begin({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const [job] = jobs.splice(0)
    now = new Date(job ? moment(job) : now)
    await followPayment(deaf, job?.data)
    expect(await payment(id)).toMatchObject({ status: 'PENDING' })
    isAway = true
    await liveUntil(hoursOn(40))
    standIn.bank.keys.clear()
    isAway = false
    await liveUntil(hoursOn(43))
    expect(await payment(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(theirs()).toHaveLength(2)
    expect(await posted()).toBe(40_000)
  })

  it('gives up after days, and says so in the log', async () => {
    isAway = true
    await begin()
    await liveUntil(hoursOn(24 * 30))
    expect(jobs).toEqual([])
  })
})
