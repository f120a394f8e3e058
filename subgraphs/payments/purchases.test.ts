import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DEMO_MERCHANTS } from '../../cli/demo/merchants.ts'
import { withLoaders } from '../../cli/import/loaders.ts'
import { type RunningMerchants, startMerchantStandIn } from '../../cli/stand-ins/merchants/start.ts'
import { accountId, giveAccess, insertAccount } from '../../cli/testing/fixture.ts'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import type { Merchants } from '../../platform/merchants/merchants.ts'
import { settleByHand } from './actions/purchases/settle-by-hand.ts'
import type { Tables } from './store/tables.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'

describe('a purchase', () => {
  let world: MoneyWorld
  let standIn: RunningMerchants
  /** Stands between payments and the merchants. */
  let wrapped: Partial<Merchants> = {}
  let simChange: Date | null = null
  let keys = 0

  beforeAll(async () => {
    standIn = await startMerchantStandIn()
    const merchants: Merchants = {
      check: (question) => (wrapped.check ?? standIn.merchants.check)(question),
      pay: (payment) => (wrapped.pay ?? standIn.merchants.pay)(payment),
    }
    world = await openMoneyWorld({
      merchants,
      simSwap: { retrieveDate: async () => simChange, check: async () => false },
    })
    const options = { databases: world.cabinet.database.urls, clock: systemClock, newId: createNewId(systemClock) }
    await withLoaders({ ...options, logger: silentLogger }, ({ payments }) => payments.loadMerchants(DEMO_MERCHANTS))
    await world.sql(`insert into payments.policy (name, version, value, valid_from)
      values ('purchase.askAgainSeconds', 2, '1', '2000-01-02')`)
  })
  beforeEach(() => {
    world.clock.now = NOON
    wrapped = {}
    simChange = null
  })
  afterAll(async () => {
    await world.close()
    await standIn.close()
  })

  interface Wish {
    readonly merchantId?: string
    readonly reference?: string
    readonly amount?: string
  }
  async function quote(from: TestLine, wish: Wish = {}, token?: string) {
    const input = { lineId: from.id, merchantId: 'water', reference: '10203040', amount: '100.00', ...wish }
    return world.run('quote-purchase', { input }, token ?? (await world.tokenOf(from)))
  }
  async function confirm(from: TestLine, quoteId: string, key = `purchase-${++keys}`) {
    return world.run('confirm-purchase', { input: { quoteId, idempotencyKey: key } }, await world.tokenOf(from))
  }
  async function buy(from: TestLine, wish: Wish = {}) {
    const shown = await quote(from, wish)
    expect(shown).toMatchObject({ __typename: 'QuotePurchaseSuccess' })
    expect(await confirm(from, shown.quote.id)).toMatchObject({ payment: { id: shown.quote.id, status: 'PENDING' } })
    return shown.quote.id as string
  }
  const statusOf = async (id: string) => {
    const [row] = await world.sql('select status, failure from payments.payment where id = $1', [id])
    return row
  }
  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)
  const paidTo = (reference: string) => [...standIn.paid.values()].filter((paid) => paid.includes(reference))
  /** Time goes on until nothing is under way: merchants are asked again. */
  const settled = () =>
    vi.waitFor(
      async () => {
        world.clock.now = new Date(world.clock.now.getTime() + 2_000)
        const [left] = await world.sql('select count(*)::int as count from payments.purchase where not is_over')
        expect(left).toEqual({ count: 0 })
      },
      { timeout: 45_000, interval: 200 },
    )

  it('shows the merchants that there are, in the viewer’s language, page by page', async () => {
    const token = await world.tokenOf(await world.line(0n))
    const page = await world.run('merchants', { first: 2 }, token)
    expect(page.nodes.map(({ name }: { name: string }) => name)).toEqual(['Luch home internet', 'City parking'])
    const rest = await world.run('merchants', { after: page.pageInfo.endCursor }, token)
    expect(rest).toMatchObject({ nodes: [{ id: 'water', feePercent: '1.0' }], pageInfo: { hasNextPage: false } })
    const found = await world.run('merchants', { search: 'ПАРКОВ' }, token)
    expect(found.nodes).toMatchObject([{ id: 'parking', referenceExample: 'А123ВС77' }])
  })

  it('takes exactly what was shown, once the merchant has taken it', async () => {
    const from = await world.line(50_000n)
    const shown = await quote(from)
    expect(shown.quote).toMatchObject({
      merchant: { id: 'water', name: 'Water company' },
      amount: { amount: '100.00' },
      fee: { amount: '1.00' },
      total: { amount: '101.00' },
      balanceAfter: { amount: '399.00' },
    })
    await confirm(from, shown.quote.id)
    await settled()
    expect(await world.money(from)).toEqual([39_900n, 0n])
    expect(await statusOf(shown.quote.id)).toEqual({ status: 'SUCCEEDED', failure: null })
    const entries = await world.sql(
      `select kind, credit_account, amount::int from payments.ledger_entry where line_id = $1 and kind <> 'OPENING_BALANCE'
       order by sequence`,
      [from.id],
    )
    expect(entries).toEqual([
      { kind: 'PURCHASE', credit_account: 'MERCHANTS', amount: 10_000 },
      { kind: 'PURCHASE_FEE', credit_account: 'REVENUE', amount: 100 },
    ])
  })

  it.each([
    ['that says at first that it has not finished', '55550090'],
    ['whose answer is lost', '55550091'],
  ])('is paid once to a merchant %s', async (_, reference) => {
    const from = await world.line(50_000n)
    const id = await buy(from, { reference })
    await settled()
    expect(await statusOf(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(paidTo(reference)).toEqual([`water/${reference} 100.00`])
    expect(await world.money(from)).toEqual([39_900n, 0n])
  })

  it('gives everything back when the merchant refuses in the end', async () => {
    const from = await world.line(50_000n)
    const id = await buy(from, { reference: '55550007' })
    await settled()
    expect(await statusOf(id)).toEqual({ status: 'FAILED', failure: 'PAYMENT_REFUSED' })
    expect(await world.money(from)).toEqual([50_000n, 0n])
    expect(paidTo('55550007')).toEqual([])
  })

  it('waits for a merchant that is away, with the money set aside', async () => {
    const from = await world.line(50_000n)
    let asked = 0
    wrapped = {
      async pay() {
        asked++
        return { kind: 'unknown', cause: 'timeout' }
      },
    }
    const id = await buy(from)
    await vi.waitFor(
      () => {
        world.clock.now = new Date(world.clock.now.getTime() + 60_000)
        expect(asked).toBeGreaterThan(2)
      },
      { timeout: 45_000, interval: 200 },
    )
    expect(await statusOf(id)).toMatchObject({ status: 'PENDING' })
    expect(await world.money(from)).toEqual([50_000n, 10_100n])
    wrapped = {}
    await settled()
    expect(await world.money(from)).toEqual([39_900n, 0n])
  })

  it.each([
    ['paid', { status: 'SUCCEEDED', failure: null }, 39_900n],
    ['refused', { status: 'FAILED', failure: 'PAYMENT_REFUSED' }, 50_000n],
  ] as const)('of a merchant that is silent for a day ends once as somebody says: %s', async (said, ended, left) => {
    wrapped.pay = async () => ({ kind: 'unknown', cause: 'timeout' })
    const from = await world.line(50_000n)
    const id = await buy(from)
    const db = connectDatabase<Tables>({ url: world.cabinet.database.urls.payments, logger: silentLogger })
    const dependencies = {
      db,
      clock: { now: () => world.clock.now },
      newId: createNewId(systemClock),
      onEvent: () => undefined,
    }
    const [row] = await world.sql('select transaction_id from payments.purchase where id = $1', [id])
    const settle = () =>
      settleByHand(dependencies, { transactionId: String(row?.['transaction_id']), isPaid: said === 'paid' })
    expect(await settle()).toBe(false)
    world.clock.now = new Date(NOON.getTime() + 86_400_001)
    expect((await Promise.all([settle(), settle()])).sort()).toEqual([false, true])
    expect(await settle()).toBe(false)
    expect(await statusOf(id)).toEqual(ended)
    expect(await world.money(from)).toEqual([left, 0n])
    await db.destroy()
  })

  it('is made once by a quote, by however many keys, and answered alike by one key', async () => {
    const from = await world.line(50_000n)
    const { quote: shown } = await quote(from, { reference: '77770001' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(from, shown.id)))
    const made = answers.filter(({ __typename }) => __typename === 'ConfirmPurchaseSuccess')
    expect(made).toHaveLength(1)
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(
      new Set(['ConfirmPurchaseSuccess', 'PurchaseAlreadyConfirmedError']),
    )
    await settled()
    const { quote: next } = await quote(from, { reference: '77770001' })
    const first = await confirm(from, next.id, 'one key')
    await settled()
    expect(await confirm(from, next.id, 'one key')).toEqual(first)
    expect(paidTo('77770001')).toHaveLength(2)
    expect(await world.money(from)).toEqual([29_800n, 0n])
  })

  it('names all that stands against it', async () => {
    const from = await world.line(500n)
    simChange = new Date(NOON.getTime() - 60_000)
    expect(codes(await quote(from, { reference: '12340404', amount: '20000.00' }))).toEqual([
      'AMOUNT_TOO_LARGE',
      'REFERENCE_UNKNOWN',
      'NOT_ENOUGH_MONEY',
      'SIM_CHANGED',
    ])
    // What is known of a person's SIM is remembered for a while: another's.
    simChange = null
    const other = await world.line(500n)
    expect(codes(await quote(other, { amount: '0.50' }))).toEqual(['AMOUNT_TOO_SMALL'])
    expect(codes(await quote(other, { reference: '12340079', amount: '1.00' }))).toEqual(['ACCOUNT_INACTIVE'])
  })

  it.each([
    ['a merchant that there is not', { merchantId: 'nobody' }, 'MerchantNotFoundError', 'merchantId'],
    ['an account that is not written so', { reference: 'abc' }, 'InvalidReferenceError', 'reference'],
    ['an endless account', { reference: '1'.repeat(100_000) }, 'InvalidReferenceError', 'reference'],
    ['no amount', { amount: '0' }, 'InvalidAmountError', 'amount'],
    ['parts of a kopeck', { amount: '1.001' }, 'InvalidAmountError', 'amount'],
  ])('is refused for %s', async (_, wish, name, path) => {
    expect(await quote(await world.line(50_000n), wish)).toMatchObject({ __typename: name, path: [path] })
  })

  it('is not shown when the merchant does not answer', async () => {
    wrapped = { check: async () => ({ kind: 'unknown', cause: 'timeout' }) }
    expect(await quote(await world.line(50_000n))).toMatchObject({ __typename: 'MerchantUnavailableError' })
  })

  it('is too late after the time of the quote, and not somebody else’s to confirm', async () => {
    const [from, other] = [await world.line(50_000n), await world.line(50_000n)]
    const { quote: shown } = await quote(from)
    const notFound = { __typename: 'PurchaseQuoteNotFoundError' }
    expect(await confirm(other, shown.id)).toMatchObject(notFound)
    expect(await confirm(from, 'nonsense')).toMatchObject(notFound)
    world.clock.now = new Date(NOON.getTime() + 300_000)
    expect(await confirm(from, shown.id)).toMatchObject({ __typename: 'PurchaseQuoteExpiredError' })
    expect(await world.money(from)).toEqual([50_000n, 0n])
  })

  it('takes the right to pay: to others the line answers like none', async () => {
    const from = await world.line(50_000n)
    await insertAccount(world.cabinet.database, { number: 901 })
    const token = await world.cabinet.accountToken(accountId(901))
    const missing = { __typename: 'LineNotFoundError', path: ['lineId'] }
    expect(await quote(from, {}, token)).toMatchObject(missing)
    await giveAccess(world.cabinet.database, { lineId: from.id, accountId: accountId(901), rights: 1 })
    expect(await quote(from, {}, token)).toMatchObject(missing)
  })
})
