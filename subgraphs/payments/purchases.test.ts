import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountId, giveAccess, insertAccount } from '../../cli/testing/fixture.ts'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { encodeCursor } from '../../platform/pagination.ts'
import { settleByHand } from './actions/purchases/settle-by-hand.ts'
import type { Tables } from './store/tables.ts'
import { type MerchantWorld, openMerchantWorld } from './testing/merchant-world.ts'
import { NOON } from './testing/money-world.ts'

describe('a purchase', () => {
  let world: MerchantWorld

  beforeAll(async () => {
    world = await openMerchantWorld()
  })
  beforeEach(() => world.begin())
  afterAll(() => world.close())

  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)
  const paidTo = (reference: string) => [...world.standIn.paid.values()].filter((paid) => paid.includes(reference))

  it('shows the merchants that there are, in the viewer’s language, page by page', async () => {
    const token = await world.tokenOf(await world.line(0n))
    const page = await world.run('merchants', { first: 2 }, token)
    expect(page.nodes.map(({ name }: { name: string }) => name)).toEqual(['Luch home internet', 'City parking'])
    const rest = await world.run('merchants', { after: page.pageInfo.endCursor }, token)
    expect(rest).toMatchObject({ nodes: [{ id: 'water', feePercent: '1.0' }], pageInfo: { hasNextPage: false } })
    const found = await world.run('merchants', { search: 'ПАРКОВ' }, token)
    expect(found.nodes).toMatchObject([{ id: 'parking', referenceExample: 'А123ВС77' }])
  })

  it.each([
    ['search', { search: 'wa\0ter' }],
    ['search', { search: 'w'.repeat(101) }],
    ['after', { after: encodeCursor('wa\0ter') }],
    ['after', { after: 'nonsense' }],
    ['after', { after: '' }],
  ])('says that `%s` is none when it cannot be looked for', async (name, variables) => {
    const token = await world.tokenOf(await world.line(0n))
    await expect(world.run('merchants', variables, token)).rejects.toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(`\`${name}\` is .*BAD_USER_INPUT`)) }),
    )
  })

  it('takes exactly what was shown, once the merchant has taken it', async () => {
    const from = await world.line(50_000n)
    const shown = await world.quote(from)
    expect(shown.quote).toMatchObject({
      merchant: { id: 'water', name: 'Water company' },
      amount: { amount: '100.00' },
      fee: { amount: '1.00' },
      total: { amount: '101.00' },
      balanceAfter: { amount: '399.00' },
    })
    await world.confirm(from, shown.quote.id)
    await world.purchasesSettled()
    expect(await world.money(from)).toEqual([39_900n, 0n])
    expect(await world.statusOf(shown.quote.id)).toEqual({ status: 'SUCCEEDED', failure: null })
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

  it('says by which share its fee was found, though the merchant has another by now', async () => {
    const from = await world.line(50_000n)
    const { quote: shown } = await world.quote(from)
    const feeIs = (permille: number) =>
      world.sql(`update payments.merchant set fee_permille = $1 where id = 'water'`, [permille])
    await feeIs(50)
    try {
      await world.confirm(from, shown.id)
      await world.purchasesSettled()
    } finally {
      await feeIs(10)
    }
    const query = `{ line(id: "${from.id}") { ledgerEntries(first: 2) { edges { node {
      kind amount { amount } explanation { feePermille paymentId } } } } } }`
    const { data } = await world.cabinet.ask({ query }, await world.tokenOf(from))
    const nodes = data.line.ledgerEntries.edges.map(({ node }: { node: unknown }) => node)
    expect(nodes).toEqual([
      { kind: 'PURCHASE_FEE', amount: { amount: '-1.00' }, explanation: { feePermille: 10, paymentId: shown.id } },
      { kind: 'PURCHASE', amount: { amount: '-100.00' }, explanation: { feePermille: null, paymentId: shown.id } },
    ])
  })

  it('is in the statement by its merchant’s name, though that left the catalogue before it answered', async () => {
    const from = await world.line(50_000n)
    world.wrapped.pay = async () => ({ kind: 'unknown', cause: 'timeout' })
    await world.buy(from)
    await world.sql(`update payments.merchant set is_open = false where id = 'water'`)
    try {
      world.wrapped = {}
      await world.purchasesSettled()
    } finally {
      await world.sql(`update payments.merchant set is_open = true where id = 'water'`)
    }
    const query = `{ line(id: "${from.id}") { ledgerEntries(first: 2) { edges { node { explanation { summary } } } } } }`
    const asked = { query, headers: { 'accept-language': 'en' } }
    const { data } = await world.cabinet.ask(asked, await world.tokenOf(from))
    expect(data.line.ledgerEntries.edges).toEqual([
      { node: { explanation: { summary: 'Fee for a purchase: Water company' } } },
      { node: { explanation: { summary: 'Purchase: Water company' } } },
    ])
  })

  it('counts towards the cap of the month with its fee, while that is set aside and when it is taken', async () => {
    const from = await world.line(50_000n)
    const token = await world.tokenOf(from)
    const input = { lineId: from.id, monthlyAmount: '200.00' }
    await world.run('set-spend-cap', { input }, token)
    const spent = async () => (await world.run('spend-cap', { lineId: from.id }, token)).spendCap.spent.amount
    world.wrapped.pay = async () => ({ kind: 'unknown', cause: 'timeout' })
    await world.buy(from)
    expect(await spent()).toBe('101.00')
    world.wrapped = {}
    await world.purchasesSettled()
    expect(await spent()).toBe('101.00')
    expect(codes(await world.quote(from, { amount: '99.00' }))).toEqual(['SPEND_CAP_REACHED'])
    expect(await world.quote(from, { amount: '98.00' })).toMatchObject({ __typename: 'QuotePurchaseSuccess' })
  })

  it.each([
    ['that says at first that it has not finished', '55550090'],
    ['whose answer is lost', '55550091'],
  ])('is paid once to a merchant %s', async (_, reference) => {
    const from = await world.line(50_000n)
    const id = await world.buy(from, { reference })
    await world.purchasesSettled()
    expect(await world.statusOf(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(paidTo(reference)).toEqual([`water/${reference} 100.00`])
    expect(await world.money(from)).toEqual([39_900n, 0n])
  })

  it('gives everything back when the merchant refuses in the end', async () => {
    const from = await world.line(50_000n)
    const id = await world.buy(from, { reference: '55550007' })
    await world.purchasesSettled()
    expect(await world.statusOf(id)).toEqual({ status: 'FAILED', failure: 'PAYMENT_REFUSED' })
    expect(await world.money(from)).toEqual([50_000n, 0n])
    expect(paidTo('55550007')).toEqual([])
    expect(await world.told(from)).toEqual([
      'A payment for services of RUB 100.00 was refused. The money is back on the number.',
      'A payment for services of RUB 100.00 was sent. If it was not you, call support at once.',
    ])
    expect(await world.told(from, 'ru')).toContain(
      'Оплата услуг на 100,00 ₽ не прошла: получатель отказал. Деньги снова на номере.',
    )
  })

  it('waits for a merchant that is away, with the money set aside', async () => {
    const from = await world.line(50_000n)
    let asked = 0
    world.wrapped = {
      async pay() {
        asked++
        return { kind: 'unknown', cause: 'timeout' }
      },
    }
    const id = await world.buy(from)
    await vi.waitFor(
      () => {
        world.clock.now = new Date(world.clock.now.getTime() + 60_000)
        expect(asked).toBeGreaterThan(2)
      },
      { timeout: 45_000, interval: 200 },
    )
    expect(await world.statusOf(id)).toMatchObject({ status: 'PENDING' })
    expect(await world.money(from)).toEqual([50_000n, 10_100n])
    world.wrapped = {}
    await world.purchasesSettled()
    expect(await world.money(from)).toEqual([39_900n, 0n])
  })

  it.each([
    ['paid', { status: 'SUCCEEDED', failure: null }, 39_900n],
    ['refused', { status: 'FAILED', failure: 'PAYMENT_REFUSED' }, 50_000n],
  ] as const)('of a merchant that is silent for a day ends once as somebody says: %s', async (said, ended, left) => {
    world.wrapped.pay = async () => ({ kind: 'unknown', cause: 'timeout' })
    const from = await world.line(50_000n)
    const id = await world.buy(from)
    const db = connectDatabase<Tables>({ url: world.cabinet.database.urls.payments, logger: silentLogger })
    const dependencies = {
      db,
      clock: { now: () => world.clock.now },
      newId: createNewId(systemClock),
      currencyCode: 'RUB' as const,
      onEvent: () => undefined,
    }
    const [row] = await world.sql('select transaction_id from payments.purchase where id = $1', [id])
    const settle = () =>
      settleByHand(dependencies, { transactionId: String(row?.['transaction_id']), isPaid: said === 'paid' })
    expect(await settle()).toBe(false)
    world.clock.now = new Date(NOON.getTime() + 86_400_001)
    expect((await Promise.all([settle(), settle()])).sort()).toEqual([false, true])
    expect(await settle()).toBe(false)
    expect(await world.statusOf(id)).toEqual(ended)
    expect(await world.money(from)).toEqual([left, 0n])
    await db.destroy()
  })

  it('is made once by a quote, by however many keys, and answered alike by one key', async () => {
    const from = await world.line(50_000n)
    const { quote: shown } = await world.quote(from, { reference: '77770001' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.confirm(from, shown.id)))
    const made = answers.filter(({ __typename }) => __typename === 'ConfirmPurchaseSuccess')
    expect(made).toHaveLength(1)
    expect(new Set(answers.map(({ __typename }) => __typename))).toEqual(
      new Set(['ConfirmPurchaseSuccess', 'PurchaseAlreadyConfirmedError']),
    )
    await world.purchasesSettled()
    const { quote: next } = await world.quote(from, { reference: '77770001' })
    const first = await world.confirm(from, next.id, 'one key')
    await world.purchasesSettled()
    expect(await world.confirm(from, next.id, 'one key')).toEqual(first)
    expect(paidTo('77770001')).toHaveLength(2)
    expect(await world.money(from)).toEqual([29_800n, 0n])
  })

  it('names all that stands against it', async () => {
    const from = await world.line(500n)
    world.simChange = new Date(NOON.getTime() - 60_000)
    expect(codes(await world.quote(from, { reference: '12340404', amount: '20000.00' }))).toEqual([
      'AMOUNT_TOO_LARGE',
      'REFERENCE_UNKNOWN',
      'NOT_ENOUGH_MONEY',
      'SIM_CHANGED',
    ])
    // What is known of a person's SIM is remembered for a while: another's.
    world.simChange = null
    const other = await world.line(500n)
    expect(codes(await world.quote(other, { amount: '0.50' }))).toEqual(['AMOUNT_TOO_SMALL'])
    expect(codes(await world.quote(other, { reference: '12340079', amount: '1.00' }))).toEqual(['ACCOUNT_INACTIVE'])
  })

  it('names what it takes with the fee, where the amount alone is there', async () => {
    const { reasons } = await world.quote(await world.line(10_000n))
    expect(reasons).toMatchObject([
      {
        code: 'NOT_ENOUGH_MONEY',
        message: expect.stringMatching(/RUB\u00a0101\.00 is needed with the fee.*RUB\u00a0100\.00 of its own/),
      },
    ])
  })

  it.each([
    ['a merchant that there is not', { merchantId: 'nobody' }, 'MerchantNotFoundError', 'merchantId'],
    ['a merchant with a zero character', { merchantId: 'water\0' }, 'MerchantNotFoundError', 'merchantId'],
    ['an account with a zero character', { reference: '1020\x003040' }, 'InvalidReferenceError', 'reference'],
    ['an account that is not written so', { reference: 'abc' }, 'InvalidReferenceError', 'reference'],
    ['an endless account', { reference: '1'.repeat(100_000) }, 'InvalidReferenceError', 'reference'],
    ['no amount', { amount: '0' }, 'InvalidAmountError', 'amount'],
    ['parts of a kopeck', { amount: '1.001' }, 'InvalidAmountError', 'amount'],
  ])('is refused for %s', async (_, wish, name, path) => {
    expect(await world.quote(await world.line(50_000n), wish)).toMatchObject({ __typename: name, path: [path] })
  })

  it('is not shown when the merchant does not answer', async () => {
    world.wrapped = { check: async () => ({ kind: 'unknown', cause: 'timeout' }) }
    expect(await world.quote(await world.line(50_000n))).toMatchObject({ __typename: 'MerchantUnavailableError' })
  })

  it('is too late after the time of the quote, and not somebody else’s to confirm', async () => {
    const [from, other] = [await world.line(50_000n), await world.line(50_000n)]
    const { quote: shown } = await world.quote(from)
    const notFound = { __typename: 'PurchaseQuoteNotFoundError' }
    expect(await world.confirm(other, shown.id)).toMatchObject(notFound)
    expect(await world.confirm(from, 'nonsense')).toMatchObject(notFound)
    world.clock.now = new Date(NOON.getTime() + 300_000)
    expect(await world.confirm(from, shown.id)).toMatchObject({ __typename: 'PurchaseQuoteExpiredError' })
    expect(await world.money(from)).toEqual([50_000n, 0n])
  })

  it('takes the right to pay: to others the line answers like none', async () => {
    const from = await world.line(50_000n)
    await insertAccount(world.cabinet.database, { number: 901 })
    const token = await world.cabinet.accountToken(accountId(901))
    const missing = { __typename: 'LineNotFoundError', path: ['lineId'] }
    expect(await world.quote(from, {}, token)).toMatchObject(missing)
    await giveAccess(world.cabinet.database, { lineId: from.id, accountId: accountId(901), rights: 1 })
    expect(await world.quote(from, {}, token)).toMatchObject(missing)
  })

  it('may be asked about a hundred times a day, and is counted apart from transfers', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(0n)]
    await world.sql('insert into payments.purchase_quote_day values ($1, $2, 99)', [from.ownerId, '2026-11-18'])
    const transfer = async () =>
      world.run(
        'quote-transfer',
        { input: { fromLineId: from.id, toPhone: to.phone, amount: '10.00' } },
        await world.tokenOf(from),
      )
    expect(await world.quote(from)).toMatchObject({ __typename: 'QuotePurchaseSuccess' })
    expect(await world.quote(from)).toMatchObject({ __typename: 'TooManyPurchaseQuotesError' })
    expect(await transfer()).toMatchObject({ __typename: 'QuoteTransferSuccess' })
    world.clock.now = new Date('2026-11-18T21:00:00Z')
    await world.sql('insert into payments.transfer_quote_day values ($1, $2, 100)', [from.ownerId, '2026-11-19'])
    expect(await transfer()).toMatchObject({ __typename: 'TooManyTransferQuotesError' })
    expect(await world.quote(from)).toMatchObject({ __typename: 'QuotePurchaseSuccess' })
  })
})
