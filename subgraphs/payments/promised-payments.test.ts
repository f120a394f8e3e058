import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertAccountant } from '../../cli/testing/accountant.ts'
import { giveAccess, insertAccount } from '../../cli/testing/fixture.ts'
import { connectDatabase, createPool } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { chargeDueDays } from './actions/live-balance/charge-due-days.ts'
import { remindOfPromises } from './actions/promised-payments/remind-of-promises.ts'
import {
  endDuePromises,
  lockToSpend,
  settlePromisedPayment,
} from './actions/promised-payments/settle-promised-payment.ts'
import { createPaymentsBulk } from './bulk.ts'
import type { LedgerKind } from './ledger/kinds.ts'
import { post } from './ledger/post.ts'
import { give, take } from './ledger/posting.ts'
import { beginPromise } from './store/promised-payments.ts'
import type { Tables } from './store/tables.ts'
import { createCardsInMemory } from './testing/cards-in-memory.ts'
import { moveMoney } from './testing/model/transfer.ts'
import { SOUND_PARTS } from './testing/model/world.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'
import { askAsService } from './testing/service-door.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const STILL_OWED =
  'The number is topped up and the promised payment is over. The balance is still below zero: top up the number.'

describe('a promised payment', () => {
  let world: MoneyWorld
  let db: ReturnType<typeof connectDatabase<Tables>>
  let worker: Worker
  let keys = 0
  const newKey = () => `key-${++keys}`
  const clock = { now: () => world.clock.now }
  const ledger = { clock, newId: createNewId(clock), currencyCode: 'RUB' as const }

  beforeAll(async () => {
    world = await openMoneyWorld()
    const { database } = world.cabinet
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: silentLogger })
    worker = createWorker({ database, clock, savedCards: createCardsInMemory(), logger: silentLogger })
  })
  beforeEach(() => {
    world.clock.now = NOON
  })
  afterAll(async () => {
    await worker.close()
    await db.destroy()
    await world.close()
  })

  const take_ = async (line: TestLine, amount: string, idempotencyKey = newKey(), token?: string) =>
    world.run(
      'take-promised-payment',
      { input: { lineId: line.id, amount, idempotencyKey } },
      token ?? (await world.tokenOf(line)),
    )
  const look = async (line: TestLine, token?: string) =>
    world.run('promised-payment-eligibility', { lineId: line.id }, token ?? (await world.tokenOf(line)))
  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)
  const limits = async ({ id }: TestLine) =>
    (
      await world.sql<{ promised: number; debt_limit: number }>(
        `select promised::int, debt_limit::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
        [id],
      )
    )[0]
  /** Spends, or, below zero, tops up, as one or another part of payments does. */
  async function move(line: TestLine, kind: LedgerKind, amount: bigint): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const movement = amount > 0n ? take('KOPECK', 'REVENUE', amount) : give('KOPECK', 'CARD_ACQUIRING', -amount)
      const posting = { lineId: line.id, kind, sourceKey: newKey(), occurredAt: clock.now(), movements: [movement] }
      await post(trx, ledger, posting)
      if (kind === 'TOP_UP') await settlePromisedPayment(trx, ledger, line.id)
    })
  }
  const later = (ms: number) => {
    world.clock.now = new Date(world.clock.now.getTime() + ms)
  }

  it('lets a line spend what it has not, for a fee', async () => {
    const line = await world.line(0n)
    expect(await take_(line, '200.00')).toEqual({
      __typename: 'TakePromisedPaymentSuccess',
      promisedPayment: {
        id: expect.any(String),
        amount: { amount: '200.00', currencyCode: 'RUB' },
        fee: { amount: '7.00', currencyCode: 'RUB' },
        dueAt: new Date(NOON.getTime() + 3 * DAY_MS).toISOString(),
      },
    })
    expect(await world.money(line)).toEqual([-700n, 0n])
    await move(line, 'SERVICE_CHARGE', 19_300n)
    await expect(move(line, 'SERVICE_CHARGE', 1n)).rejects.toThrow('balance_floor')
    expect(
      await world.sql('select kind from accounts.act where line_id = $1', [line.id]).then(({ length }) => length),
    ).toBeLessThan(2)
    await world.settled()
    expect(await world.sql('select kind from accounts.act where line_id = $1', [line.id])).toEqual([
      { kind: 'PROMISED_PAYMENT_TAKEN' },
    ])
  })

  it.each([
    [30_000n, '200.00'],
    [30_001n, '400.00'],
    [50_000n, '400.00'],
    [50_001n, '800.00'],
  ])('is up to an amount that follows what was spent in 30 days: after %s kopecks %s roubles', async (spent, most) => {
    const line = await world.line(200_000n)
    world.clock.now = new Date(NOON.getTime() - 31 * DAY_MS)
    await move(line, 'SERVICE_CHARGE', 90_000n)
    world.clock.now = new Date(NOON.getTime() - 29 * DAY_MS)
    await move(line, 'SUBSCRIPTION_FEE', spent - 1_000n)
    await move(line, 'PURCHASE', 999n)
    await move(line, 'PURCHASE_FEE', 1n)
    const to = await world.line(0n)
    const gift = { key: newKey(), from: line, to, amount: 20_000n }
    await db.transaction().execute((trx) => moveMoney(trx, { ...ledger, parts: SOUND_PARTS }, gift))
    world.clock.now = NOON
    const { promisedPaymentEligibility: found } = await look(line)
    expect(found.maxAmount.amount).toBe(most)
    const all = [
      ['30.00', '0.00'],
      ['200.00', '7.00'],
      ['400.00', '7.00'],
      ['800.00', '7.00'],
    ]
    expect(
      found.offers.map((offer: { amount: { amount: string }; fee: { amount: string } }) => [
        offer.amount.amount,
        offer.fee.amount,
      ]),
    ).toEqual(all.slice(0, all.findIndex(([amount]) => amount === most) + 1))
    const above = (Number(most) + 0.01).toFixed(2)
    expect(codes(await take_(line, above))).toEqual(['AMOUNT_TOO_LARGE'])
    expect((await take_(line, most)).promisedPayment.amount.amount).toBe(most)
  })

  it('is up to no more for what was given back', async () => {
    const line = await world.line(200_000n)
    const most = async () => (await look(line)).promisedPaymentEligibility.maxAmount.amount
    await move(line, 'SUBSCRIPTION_FEE', 30_100n)
    expect(await most()).toBe('400.00')
    await move(line, 'COMPENSATION', -30_100n)
    expect(await most()).toBe('200.00')
    await move(line, 'COMPENSATION', -10_000n)
    expect(await most()).toBe('200.00')
  })

  it('costs nothing up to 30 roubles', async () => {
    const line = await world.line(0n)
    expect((await take_(line, '30.00')).promisedPayment.fee.amount).toBe('0.00')
    expect(await world.money(line)).toEqual([0n, 0n])
    expect((await take_(await world.line(0n), '30.01')).promisedPayment.fee.amount).toBe('7.00')
  })

  it('is one at a time; the same rules decide and explain', async () => {
    const line = await world.line(0n)
    expect(await look(line)).toMatchObject({
      promisedPayment: null,
      promisedPaymentEligibility: { isEligible: true, reasons: [] },
    })
    const { promisedPayment } = await take_(line, '100.00')
    const refused = await take_(line, '900.00')
    expect(codes(refused)).toEqual(['AMOUNT_TOO_LARGE', 'PROMISED_PAYMENT_ACTIVE'])
    const found = await look(line)
    expect(found.promisedPayment).toEqual({ ...promisedPayment, takenAt: NOON.toISOString() })
    expect(found.promisedPaymentEligibility).toMatchObject({ isEligible: false, reasons: [refused.reasons[1]] })
  })

  it('offers no amount whose fee a cap or the month of a member does not let be paid, and says why', async () => {
    const offered = ({ promisedPaymentEligibility: found }: { promisedPaymentEligibility: Record<string, unknown> }) =>
      found
    const onlyFree = { isEligible: true, maxAmount: { amount: '30.00' }, offers: [{ amount: { amount: '30.00' } }] }
    const line = await world.line(50_000n)
    await move(line, 'SERVICE_CHARGE', 20_200n)
    await world.run('set-spend-cap', { input: { lineId: line.id, monthlyAmount: '100' } }, await world.tokenOf(line))
    const refused = await take_(line, '200.00')
    expect(codes(refused)).toEqual(['SPEND_CAP_REACHED'])
    expect(offered(await look(line))).toMatchObject({ ...onlyFree, reasons: refused.reasons })
    expect((await take_(line, '30.00')).__typename).toBe('TakePromisedPaymentSuccess')

    const organization = await insertAccount(world.cabinet.database, { number: 700_011, kind: 'ORGANIZATION' })
    const members = { organization, number: 700_012, monthlyLimitKopecks: 600 }
    const accountant = await insertAccountant(world.cabinet, members)
    const shared = await world.line(0n, organization)
    expect(codes(await take_(shared, '200.00', newKey(), await accountant.token()))).toEqual(['MEMBER_LIMIT'])
    const forMember = offered(await look(shared, await accountant.token()))
    expect(forMember).toMatchObject({ ...onlyFree, reasons: [{ code: 'MEMBER_LIMIT' }] })
    await accountant.limit(700)
    expect(offered(await look(shared, await accountant.token()))).toMatchObject({ isEligible: true, reasons: [] })
    await accountant.demote()
    expect(offered(await look(shared, await accountant.token()))).toBeNull()
  })

  it('is not for a balance below −30 roubles, nor for a new subscriber without money', async () => {
    const line = await world.line(0n)
    await world.sql(`update payments.ledger_balance set debt_limit = 10000 where line_id = $1 and unit = 'KOPECK'`, [
      line.id,
    ])
    await move(line, 'SERVICE_CHARGE', 3_001n)
    expect(codes(await take_(line, '100.00'))).toEqual(['BALANCE_TOO_LOW'])
    await world.sql(`update linked_numbers.line set activated_on = '2026-09-20' where id = $1`, [line.id])
    expect(codes(await take_(line, '100.00'))).toEqual(['BALANCE_TOO_LOW', 'NEW_SUBSCRIBER'])
    await move(line, 'COMPENSATION', -1n)
    expect(codes(await take_(line, '100.00'))).toEqual(['NEW_SUBSCRIBER'])
    await world.sql(`update linked_numbers.line set activated_on = '2026-09-19' where id = $1`, [line.id])
    expect((await take_(line, '100.00')).__typename).toBe('TakePromisedPaymentSuccess')
    const fresh = await world.line(1n)
    await world.sql(`update linked_numbers.line set activated_on = '2026-11-17' where id = $1`, [fresh.id])
    expect((await take_(fresh, '100.00')).__typename).toBe('TakePromisedPaymentSuccess')
  })

  describe('is taken back', () => {
    it('by the next top-up: what is still below zero is a debt, and no more can be spent of the promise', async () => {
      const line = await world.line(0n)
      await take_(line, '200.00')
      await move(line, 'SERVICE_CHARGE', 14_300n)
      await move(line, 'TOP_UP', -10_000n)
      expect(await world.money(line)).toEqual([-5_000n, 0n])
      expect(await limits(line)).toEqual({ promised: 0, debt_limit: 5_000 })
      await expect(move(line, 'SERVICE_CHARGE', 1n)).rejects.toThrow('balance_floor')
      await move(line, 'TOP_UP', -6_000n)
      expect(await limits(line)).toEqual({ promised: 0, debt_limit: 0 })
      expect((await look(line)).promisedPayment).toBeNull()
      expect((await take_(line, '200.00')).__typename).toBe('TakePromisedPaymentSuccess')
    })

    it('by a top-up that may pay back all of it or little, and its owner is told which', async () => {
      const [little, all] = [await world.line(0n), await world.line(0n)]
      for (const line of [little, all]) await take_(line, '200.00')
      for (const line of [little, all]) await move(line, 'SERVICE_CHARGE', 19_300n)
      await move(little, 'TOP_UP', -100n)
      await move(all, 'TOP_UP', -20_000n)
      expect(await world.told(little)).toEqual([expect.stringContaining('was taken'), STILL_OWED])
      expect(await world.told(all)).toEqual([
        expect.stringContaining('was taken'),
        'The promised payment is paid back by a top-up.',
      ])
      expect(await world.told(little, 'ru')).toContainEqual(
        'Номер пополнен, обещанный платёж закончился. Баланс ещё ниже нуля, пополните номер.',
      )
    })

    it('by a top-up of another system too, once: the same file again ends no later promise', async () => {
      const line = await world.line(0n)
      const { promisedPayment } = await take_(line, '200.00')
      const pool = createPool({ url: world.cabinet.database.adminUrl, poolSizeMax: 1, logger: silentLogger })
      try {
        const bulk = createPaymentsBulk({ pool, ...ledger })
        const topUp = { lineId: line.id, externalId: 'paid elsewhere', amount: 500n, at: NOON.toISOString() }
        await bulk.loadTopUps([topUp])
        expect(await limits(line)).toEqual({ promised: 0, debt_limit: 200 })
        await take_(line, '100.00')
        await bulk.loadTopUps([topUp])
        expect(await limits(line)).toEqual({ promised: 10_000, debt_limit: 200 })
        expect((await world.told(line)).filter((text) => text.includes('over'))).toEqual([STILL_OWED])
        const ended = `select actor, details from accounts.act where line_id = $1 and kind = 'PROMISED_PAYMENT_ENDED'`
        expect(await world.sql(ended, [line.id])).toEqual([
          { actor: 'service:payments', details: { promisedPaymentId: promisedPayment.id, by: 'TOP_UP', debt: 'LEFT' } },
        ])
      } finally {
        await pool.end()
      }
    })

    it('on the third day: what was spent of it is a debt, and it ends once whoever comes round', async () => {
      const line = await world.line(0n)
      await take_(line, '200.00')
      await move(line, 'SERVICE_CHARGE', 10_000n)
      later(3 * DAY_MS - 1)
      await endDuePromises(worker.dependencies)
      expect(await limits(line)).toEqual({ promised: 20_000, debt_limit: 0 })
      later(1)
      await Promise.all([1, 2, 3].map(() => endDuePromises(worker.dependencies)))
      expect(await limits(line)).toEqual({ promised: 0, debt_limit: 10_700 })
      await expect(move(line, 'SERVICE_CHARGE', 1n)).rejects.toThrow('balance_floor')
      expect(codes(await take_(line, '100.00'))).toEqual(['BALANCE_TOO_LOW'])
      await world.settled()
      expect(
        await world.sql('select kind, count(*)::int from accounts.act where line_id = $1 group by kind order by kind', [
          line.id,
        ]),
      ).toEqual([
        { kind: 'PROMISED_PAYMENT_ENDED', count: 1 },
        { kind: 'PROMISED_PAYMENT_TAKEN', count: 1 },
      ])
    })

    /** Has a service take or set aside a rouble. */
    async function pay({ id }: TestLine, mutation: 'charge' | 'reserve'): Promise<unknown> {
      const name = mutation === 'charge' ? 'chargeId' : 'reservationId'
      const reason = '{ title: { ru: "Роуминг", en: "Roaming" }, orderId: "1" }'
      const input = `lineId: "${id}", ${name}: "${newKey()}", amount: "1.00", kind: SERVICE_CHARGE, reason: ${reason}`
      const { __typename } = await askAsService(world.cabinet, `${mutation}(input: { ${input} }) { __typename }`)
      return __typename
    }

    it.each(['charge', 'reserve'] as const)(
      'before the job has come round, for a service that would %s',
      async (how) => {
        const lines = await Promise.all([1, 2, 3].map(() => world.line(0n)))
        for (const line of lines) await take_(line, '200.00')
        const payAll = () => Promise.all(lines.map((line) => pay(line, how)))
        later(3 * DAY_MS - 1)
        expect(new Set(await payAll())).toEqual(new Set([how === 'charge' ? 'ChargeSuccess' : 'ReserveSuccess']))
        later(1)
        expect(new Set(await payAll())).toEqual(new Set(['NotEligibleError']))
        for (const line of lines) expect(await limits(line)).toEqual({ promised: 0, debt_limit: 800 })
        for (const line of lines) expect((await world.told(line)).at(-1)).toMatch(/^The promised payment is due/)
      },
    )

    it('on its day, and not another that has begun while somebody waited to spend of it', async () => {
      const line = await world.line(0n)
      await take_(line, '200.00')
      later(3 * DAY_MS)
      let paid: Promise<unknown> = Promise.resolve()
      await db.transaction().execute(async (trx) => {
        await lockToSpend(trx, ledger, line.id)
        const next = { line_id: line.id, id: ledger.newId(), account_id: line.ownerId, amount: 20_000n, fee: 0n }
        const dueAt = new Date(clock.now().getTime() + DAY_MS)
        await beginPromise(trx, { ...next, taken_at: clock.now(), due_at: dueAt })
        paid = pay(line, 'charge')
        const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
        await expect.poll(async () => (await world.sql(waiting)).length).toBe(1)
      })
      expect(await paid).toBe('ChargeSuccess')
      expect(await limits(line)).toEqual({ promised: 20_000, debt_limit: 700 })
    })

    it('before the job has come round, for one who would switch the live balance on', async () => {
      const line = await world.line(0n)
      await take_(line, '30.00')
      later(3 * DAY_MS)
      const input = { lineId: line.id, dailyFee: '1.00', idempotencyKey: newKey() }
      const refused = await world.run('enable-live-balance', { input }, await world.tokenOf(line))
      expect(codes(refused)).toEqual(['NOT_ENOUGH_MONEY'])
    })

    it('before the job has come round, for the next day of the live balance', async () => {
      const line = await world.line(100n)
      const input = { lineId: line.id, dailyFee: '1.00', idempotencyKey: newKey() }
      await world.run('enable-live-balance', { input }, await world.tokenOf(line))
      await take_(line, '30.00')
      later(3 * DAY_MS)
      await chargeDueDays(worker.dependencies)
      expect(await world.money(line)).toEqual([0n, 0n])
      expect(await limits(line)).toEqual({ promised: 0, debt_limit: 0 })
    })

    it('before the job has come round, for one who asks for the next', async () => {
      const line = await world.line(0n)
      await take_(line, '30.00')
      later(3 * DAY_MS)
      expect((await look(line)).promisedPaymentEligibility.isEligible).toBe(true)
      expect((await take_(line, '30.00')).__typename).toBe('TakePromisedPaymentSuccess')
    })
  })

  it.each([
    ['ended', 'ended_at', endDuePromises, 72],
    ['reminded of', 'reminded_at', remindOfPromises, 48],
  ] as const)('is %s although others before it cannot be', async (_, column, round, hours) => {
    // For the test's own rounds alone it is later.
    const healthy = { ...worker.dependencies, clock: { now: () => new Date(NOON.getTime() + hours * HOUR_MS) } }
    await round(healthy)
    const lines = await Promise.all(Array.from({ length: 6 }, () => world.line(0n)))
    for (const line of lines) await take_(line, '30.00')
    const done = async () => {
      const of = lines.map(({ id }) => id)
      const sql = `select from payments.promised_payment where line_id = any($1) and ${column} is not null`
      return (await world.sql(sql, [of])).length
    }
    let failures = 5
    const newId = () => {
      if (failures-- > 0) throw new Error('this one cannot be done')
      return healthy.newId()
    }
    expect(await round({ ...healthy, newId })).toBe(6)
    expect(await done()).toBe(1)
    expect(await round(healthy)).toBe(5)
    expect(await done()).toBe(6)
  })

  it('is taken once by a key, and told again alike', async () => {
    const line = await world.line(0n)
    const token = await world.tokenOf(line)
    const answers = await Promise.all(Array.from({ length: 20 }, () => take_(line, '50.00', 'the same', token)))
    const kinds = new Set(answers.map(({ __typename }) => __typename))
    expect([...kinds].filter((kind) => kind !== 'OperationInProgressError')).toEqual(['TakePromisedPaymentSuccess'])
    const again = await take_(line, '50.00', 'the same', token)
    for (const answer of answers) if (answer.promisedPayment) expect(answer).toEqual(again)
    expect((await take_(line, '60.00', 'the same', token)).__typename).toBe('IdempotencyKeyReusedError')
    expect(await world.money(line)).toEqual([-700n, 0n])
  })

  it('is one, however many ask at once', async () => {
    const line = await world.line(0n)
    const token = await world.tokenOf(line)
    const answers = await Promise.all(Array.from({ length: 30 }, () => take_(line, '50.00', newKey(), token)))
    expect(answers.filter(({ promisedPayment }) => promisedPayment)).toHaveLength(1)
    expect(await world.money(line)).toEqual([-700n, 0n])
  })

  it('is for whoever may pay for the line', async () => {
    const [line, viewer, payer] = [await world.line(0n), await world.line(0n), await world.line(0n)]
    await giveAccess(world.cabinet.database, { lineId: line.id, accountId: viewer.ownerId, rights: 1 })
    await giveAccess(world.cabinet.database, { lineId: line.id, accountId: payer.ownerId, rights: 3 })
    expect((await take_(line, '30.00', newKey(), await world.tokenOf(viewer))).__typename).toBe('LineNotFoundError')
    expect(await look(line, await world.tokenOf(viewer))).toMatchObject({ promisedPaymentEligibility: null })
    expect((await take_(line, '30.00', newKey(), await world.tokenOf(payer))).__typename).toBe(
      'TakePromisedPaymentSuccess',
    )
    for (const amount of ['0.00', '-1.00', '0.001']) {
      expect((await take_(line, amount)).__typename).toBe('InvalidAmountError')
    }
  })
})
