import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Acquirer } from '../../platform/acquirer/acquirer.ts'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import type { Merchants } from '../../platform/merchants/merchants.ts'
import { chargeDueDays } from './actions/live-balance/charge-due-days.ts'
import { post } from './ledger/post.ts'
import { give } from './ledger/posting.ts'
import { type CardsInMemory, createCardsInMemory } from './testing/cards-in-memory.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'
import { askAsService } from './testing/service-door.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const NEVER_MS = 3_600_000
const DAY_MS = 86_400_000
const CARD = '01900007-0000-7000-8000-000000000001'
const REASONS = 'reasons { code message remedy }'
const newId = createNewId(systemClock)

const silent = async () => ({ kind: 'unknown', cause: 'timeout' }) as const
/** Says nothing to anything. */
const ACQUIRER: Acquirer = {
  ...{ createPayment: silent, findPayment: silent, capturePayment: silent, cancelPayment: silent },
  ...{ createRefund: silent, findRefund: silent, listPayments: silent, listTaken: silent, listRefunds: silent },
}

describe('a line whose balance is under review', () => {
  let world: MoneyWorld
  let worker: Worker
  let cards: CardsInMemory
  /** What the merchant says to a payment; that it does not know yet when it is not told. */
  let isPaid = false

  beforeAll(async () => {
    const merchants: Merchants = {
      check: async () => ({ kind: 'done' }),
      pay: async () => (isPaid ? { kind: 'done' } : { kind: 'unknown', cause: 'not-finished' }),
    }
    cards = createCardsInMemory()
    world = await openMoneyWorld({
      merchants,
      recurring: { savedCards: cards, roundIntervalMs: NEVER_MS },
      cardPayments: { acquirer: ACQUIRER, returnOrigins: [], trust: { peers: [], signature: null } },
    })
    await world.loadMerchants()
    worker = createWorker({
      database: world.cabinet.database,
      clock: { now: () => world.clock.now },
      savedCards: cards,
    })
  })
  beforeEach(() => {
    world.clock.now = NOON
    isPaid = false
  })
  afterEach(() => world.sql('delete from payments.ledger_quarantine'))
  afterAll(async () => {
    await worker.close()
    await world.close()
  })

  const review = ({ id }: TestLine) =>
    world.sql(`insert into payments.ledger_quarantine values ($1, now(), 'a test')`, [id])
  const release = ({ id }: TestLine) => world.sql('delete from payments.ledger_quarantine where line_id = $1', [id])
  const as = async (line: TestLine, operation: string, input: object) =>
    world.run(operation, { input: { ...input } }, await world.tokenOf(line))
  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)

  /** As products, which sell what lines pay for. */
  const askAsProducts = async (mutation: string, input: string, refusals = `... on NotEligibleError { ${REASONS} }`) =>
    (await askAsService(
      world.cabinet,
      `${mutation}(input: { ${input} }) { __typename ${refusals} }`,
    )) as unknown as Answer
  const wanted = ({ id }: TestLine, amount: string, kind = 'SERVICE_CHARGE') =>
    `lineId: "${id}", amount: "${amount}", kind: ${kind}, reason: { title: { ru: "Роуминг", en: "Roaming" } }`
  const reserve = (line: TestLine, id = newId()) =>
    askAsProducts('reserve', `${wanted(line, '10.00')}, reservationId: "${id}"`)

  interface Answer {
    readonly __typename: string
    readonly reasons?: { code: string; remedy: string | null }[]
    // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
    readonly quote?: any
  }
  const quoteTransfer = async (line: TestLine, amount = '100.00'): Promise<Answer> =>
    as(line, 'quote-transfer', { fromLineId: line.id, toPhone: (await world.line(0n)).phone, amount })
  const confirmTransfer = (line: TestLine, quoteId: string): Promise<Answer> =>
    as(line, 'confirm-transfer', { quoteId, idempotencyKey: newId() })
  const quotePurchase = (line: TestLine, amount = '100.00'): Promise<Answer> =>
    as(line, 'quote-purchase', { lineId: line.id, merchantId: 'water', reference: '10203040', amount })
  const enable = (line: TestLine): Promise<Answer> =>
    as(line, 'enable-live-balance', { lineId: line.id, dailyFee: '1.00', idempotencyKey: newId() })
  const promise = (line: TestLine): Promise<Answer> =>
    as(line, 'take-promised-payment', { lineId: line.id, amount: '100.00', idempotencyKey: newId() })

  /** A top-up that came by card, which can be given back. */
  async function paidByCard({ id: lineId, ownerId }: TestLine): Promise<string> {
    const paymentId = newId()
    await world.sql(
      `insert into payments.payment (line_id, id, kind, status, amount, account_id, created_at, ended_at)
       values ($1, $2, 'TOP_UP', 'SUCCEEDED', 10000, $3, $4, $4)`,
      [lineId, paymentId, ownerId, NOON],
    )
    await world.sql(
      `insert into payments.card_payment (line_id, payment_id, state, acquirer_id, expires_at)
       values ($1, $2, 'ENDED', $2::uuid::text, $3)`,
      [lineId, paymentId, NOON],
    )
    await world.sql('insert into payments.acquirer_payment_directory values ($2::uuid::text, $1, $2)', [
      lineId,
      paymentId,
    ])
    const { db } = worker.dependencies
    await db.transaction().execute((trx) =>
      post(trx, worker.dependencies, {
        ...{ lineId, kind: 'TOP_UP', sourceKey: `acquirer:${paymentId}`, occurredAt: NOON },
        movements: [give('KOPECK', 'CARD_ACQUIRING', 10_000n)],
        cause: { paymentId },
      }),
    )
    return paymentId
  }

  type Act = () => Promise<Answer>
  /** What begins something that is paid from a line, ready to be done. */
  const ACTIONS: readonly (readonly [string, (line: TestLine) => Promise<Act>])[] = [
    ['a transfer is shown', async (line) => () => quoteTransfer(line)],
    [
      'a transfer that was shown is confirmed',
      async (line) => {
        const { quote } = await quoteTransfer(line)
        return () => confirmTransfer(line, quote.id)
      },
    ],
    ['a purchase is shown', async (line) => () => quotePurchase(line)],
    [
      'a purchase that was shown is confirmed',
      async (line) => {
        const { quote } = await quotePurchase(line)
        return () => as(line, 'confirm-purchase', { quoteId: quote.id, idempotencyKey: newId() })
      },
    ],
    [
      'points are given',
      async (line) => {
        const { phone: toPhone } = await world.line(0n)
        return () =>
          as(line, 'give-bonus-points', { fromLineId: line.id, toPhone, points: 10, idempotencyKey: newId() })
      },
    ],
    ['a promised payment is taken', async (line) => () => promise(line)],
    ['the live balance is switched on', async (line) => () => enable(line)],
    ['a service has money set aside', async (line) => () => reserve(line)],
    [
      'a service has points set aside',
      async (line) => () =>
        askAsProducts('reserve', `${wanted(line, '10', 'BONUS_SPENT')}, reservationId: "${newId()}"`),
    ],
    [
      'a service charges',
      async (line) => () => askAsProducts('charge', `${wanted(line, '10.00')}, chargeId: "${newId()}"`),
    ],
    [
      'a top-up is given back to its card',
      async (line) => {
        const paymentId = await paidByCard(line)
        const supervisor = await world.cabinet.staffToken('supervisor')
        const input = { lineId: line.id, paymentId }
        return () => world.run('refund-payment', { input: { ...input, idempotencyKey: newId() } }, supervisor)
      },
    ],
  ]

  it.each(ACTIONS)('pays for nothing when %s, until it is released', async (_, prepare) => {
    const line = await world.line(50_000n, undefined, 100n)
    const act = await prepare(line)
    const before = await world.money(line)
    await review(line)
    const answer = await act()
    expect(codes(answer)).toEqual(['BALANCE_UNDER_REVIEW'])
    expect(answer.reasons?.[0]?.remedy).toContain('Try again later')
    expect(await world.money(line)).toEqual(before)
    await release(line)
    expect((await act()).__typename).toMatch(/Success$/)
  })

  it('is not told to be short of an amount', async () => {
    const line = await world.line(12_345n)
    await review(line)
    const answers = [
      await quoteTransfer(line, '200.00'),
      await quotePurchase(line, '200.00'),
      await askAsProducts('charge', `${wanted(line, '200.00')}, chargeId: "${newId()}"`),
    ]
    for (const answer of answers) expect(codes(answer)).toEqual(['BALANCE_UNDER_REVIEW'])
    const poor = await world.line(0n)
    await review(poor)
    expect(codes(await enable(poor))).toEqual(['BALANCE_UNDER_REVIEW'])
  })

  it('is offered no promised payment, and says why', async () => {
    const line = await world.line(0n)
    await review(line)
    const token = await world.tokenOf(line)
    const { promisedPaymentEligibility: found } = await world.run(
      'promised-payment-eligibility',
      { lineId: line.id },
      token,
    )
    expect(found.isEligible).toBe(false)
    expect(codes(found)).toEqual(['BALANCE_UNDER_REVIEW'])
  })

  it('ends what was under way, and takes what comes in', async () => {
    const [line, friend] = [await world.line(50_000n), await world.line(50_000n)]
    const { quote: bought } = await quotePurchase(line)
    await as(line, 'confirm-purchase', { quoteId: bought.id, idempotencyKey: newId() })
    for (const id of ['taken', 'freed']) await reserve(line, id)
    expect(await world.money(line)).toEqual([50_000n, 12_100n])
    await review(line)

    isPaid = true
    const [taken, freed] = ['taken', 'freed'].map((id) => `lineId: "${line.id}", reservationId: "${id}"`)
    expect(await askAsProducts('capture', taken ?? '', '')).toMatchObject({ __typename: 'CaptureSuccess' })
    expect(await askAsProducts('release', freed ?? '', '')).toMatchObject({ __typename: 'ReleaseSuccess' })
    await worker.topUp(line.id, 5_000n)
    const { quote: sent } = await as(friend, 'quote-transfer', {
      ...{ fromLineId: friend.id, toPhone: line.phone, amount: '100.00' },
    })
    await as(friend, 'confirm-transfer', { quoteId: sent.id, idempotencyKey: newId() })
    await vi.waitFor(
      async () => {
        world.clock.now = new Date(world.clock.now.getTime() + 60_000)
        expect(await world.money(line)).toEqual([50_000n - 1_000n - 10_100n + 5_000n + 10_000n, 0n])
      },
      { timeout: 45_000, interval: 200 },
    )
  })

  describe('when something comes round', () => {
    it('is charged for no day of the live balance, and holds up no other', async () => {
      const [line, other] = [await world.line(10_000n), await world.line(10_000n)]
      for (const each of [line, other]) await enable(each)
      await review(line)
      world.clock.now = new Date(NOON.getTime() + DAY_MS)
      await worker.round()
      expect([await worker.posted(line.id), await worker.posted(other.id)]).toEqual([9_900n, 9_800n])
      // It is not looked at again and again.
      expect(await chargeDueDays(worker.dependencies)).toBe(0)
      await release(line)
      await worker.round()
      expect(await worker.posted(line.id)).toBe(9_800n)
      const [service] = await world.sql('select is_suspended from payments.live_balance where line_id = $1', [line.id])
      expect(service).toEqual({ is_suspended: false })
    })

    it('is not charged either when it was put under review while the round waited for it', async () => {
      const line = await world.line(10_000n)
      await enable(line)
      world.clock.now = new Date(NOON.getTime() + DAY_MS)
      let round: Promise<number> | undefined
      await worker.dependencies.db.transaction().execute(async (trx) => {
        await trx.selectFrom('ledger_balance').selectAll().where('line_id', '=', line.id).forUpdate().execute()
        round = worker.round()
        const waiting = () =>
          world.sql(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
        await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), { timeout: 30_000, interval: 50 })
        await review(line)
      })
      await round
      expect(await worker.posted(line.id)).toBe(9_900n)
    })

    it('has its threshold looked at later, and what it set is not stopped', async () => {
      const line = await world.line(5_000n)
      await review(line)
      const set = { lineId: line.id, cardId: CARD, amount: '100.00' }
      const { autoPayment } = await as(line, 'set-auto-payment', { ...set, threshold: '100' })
      await worker.round()
      const taken = () => [...cards.taken.values()].filter(({ lineId }) => lineId === line.id)
      expect(taken()).toEqual([])
      const [waiting] = await world.sql<{ stopped_by: string | null; next_attempt_at: Date }>(
        'select stopped_by, next_attempt_at from payments.auto_payment where id = $1',
        [autoPayment.id],
      )
      expect(waiting?.stopped_by).toBeNull()
      const next = waiting?.next_attempt_at ?? NOON
      expect(next.getTime()).toBeGreaterThan(NOON.getTime())
      await release(line)
      world.clock.now = next
      await worker.round()
      expect(taken()).toHaveLength(1)
      expect(await worker.posted(line.id)).toBe(15_000n)
    })
  })
})
