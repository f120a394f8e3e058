import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertAccountant } from '../../cli/testing/accountant.ts'
import { giveAccess } from '../../cli/testing/fixture.ts'
import { REASON } from '../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'

const newId = createNewId(systemClock)
const VIEW = 1
const PAY = 2
const MANAGE = 4

interface Answer {
  readonly quote?: { readonly id: string; readonly balanceAfter: { readonly amount: string } | null }
  readonly reasons?: readonly { readonly code: string; readonly message: string; readonly remedy: string }[]
}

const TODAY = '2026-11-18'

describe('whoever pays for a line', () => {
  let world: MoneyWorld

  beforeAll(async () => {
    world = await openMoneyWorld({
      merchants: { check: async () => ({ kind: 'done' }), pay: async () => ({ kind: 'done' }) },
    })
    await world.loadMerchants()
  })
  beforeEach(() => {
    world.clock.now = NOON
  })
  afterAll(() => world.close())

  /** Another person, with rights on the line. */
  async function friendOf({ id }: TestLine, rights: number): Promise<string> {
    const friend = await world.line(0n)
    await giveAccess(world.cabinet.database, { lineId: id, accountId: friend.ownerId, rights })
    return world.tokenOf(friend)
  }
  const quotePurchase = (line: TestLine, token: string, amount: string): Promise<Answer> =>
    world.run(
      'quote-purchase',
      { input: { lineId: line.id, merchantId: 'water', reference: '10203040', amount } },
      token,
    )
  const confirm = ({ quote }: Answer, token: string): Promise<Answer> =>
    world.run('confirm-purchase', { input: { quoteId: quote?.id, idempotencyKey: newId() } }, token)
  /** What is told of a transfer and of a purchase of an amount. */
  async function shown(line: TestLine, token: string, amount: string): Promise<Answer[]> {
    const { phone: toPhone } = await world.line(0n)
    return [
      await world.run('quote-transfer', { input: { fromLineId: line.id, toPhone, amount } }, token),
      await quotePurchase(line, token, amount),
    ]
  }
  const left = (answers: readonly Answer[]) => answers.map(({ quote }) => quote && (quote.balanceAfter?.amount ?? null))

  it.each([
    ['owns it', (line: TestLine) => world.tokenOf(line)],
    ['may see it too', (line: TestLine) => friendOf(line, VIEW | PAY)],
  ])('is told what it has, and what is left of that, when they are one who %s', async (_, tokenFor) => {
    const line = await world.line(23_456n)
    const token = await tokenFor(line)
    expect(left(await shown(line, token, '100.00'))).toEqual(['127.56', '133.56'])
    const [transfer, purchase] = await shown(line, token, '240.00')
    expect(transfer?.reasons).toMatchObject([
      {
        code: 'NOT_ENOUGH_MONEY',
        message: expect.stringContaining('137.56'),
        remedy: expect.stringContaining('137.56'),
      },
    ])
    expect(purchase?.reasons).toMatchObject([{ code: 'NOT_ENOUGH_MONEY', message: expect.stringContaining('234.56') }])
  })

  it('is told no amount of it when they may only pay', async () => {
    const line = await world.line(23_456n)
    const token = await friendOf(line, PAY)
    expect(left(await shown(line, token, '100.00'))).toEqual([null, null])
    const [transfer, purchase] = await shown(line, token, '240.00')
    expect(transfer?.reasons).toEqual([
      {
        code: 'NOT_ENOUGH_MONEY',
        message: 'There is not enough money of your own. Promised money and points are not sent.',
        remedy: 'Top up.',
      },
    ])
    expect(purchase?.reasons).toEqual([
      {
        code: 'NOT_ENOUGH_MONEY',
        message:
          'RUB\u00a0242.40 is needed with the fee, and the line has too little of its own: promised money and points do not count here.',
        remedy: 'Top up.',
      },
    ])
  })

  it('is told the same of what has become too little between what was shown and what is confirmed', async () => {
    const line = await world.line(23_456n)
    const [payer, owner] = [await friendOf(line, PAY), await world.tokenOf(line)]
    const [forPayer, forOwner, spent] = [
      await quotePurchase(line, payer, '200.00'),
      await quotePurchase(line, owner, '200.00'),
      await quotePurchase(line, owner, '100.00'),
    ]
    await confirm(spent, owner)
    expect((await confirm(forPayer, payer)).reasons).toMatchObject([{ message: expect.stringContaining('too little') }])
    expect((await confirm(forOwner, owner)).reasons).toMatchObject([{ message: expect.stringContaining('133.56') }])
  })

  it('is told of the cap of the month what they may see of the line, and what they may do about it', async () => {
    const line = await world.line(50_000n)
    const { phone: toPhone } = await world.line(0n)
    const owner = await world.tokenOf(line)
    await world.run('set-spend-cap', { input: { lineId: line.id, monthlyAmount: '100.00' } }, owner)
    const transfer = { fromLineId: line.id, toPhone }
    const { quote } = await world.run('quote-transfer', { input: { ...transfer, amount: '90.00' } }, owner)
    await world.run('confirm-transfer', { input: { quoteId: quote.id, idempotencyKey: newId() } }, owner)
    const toldTo = async (token: string) => {
      const promise = { lineId: line.id, amount: '100.00', idempotencyKey: newId() }
      const answers: Answer[] = [
        ...(await shown(line, token, '150.00')),
        await world.run('take-promised-payment', { input: promise }, token),
      ]
      const reasons = answers.map(({ reasons }) => reasons?.find(({ code }) => code === 'SPEND_CAP_REACHED'))
      expect(new Set(reasons.map((reason) => JSON.stringify(reason))).size).toBe(1)
      return reasons[0]
    }
    const amounts = 'The month’s cap is RUB\u00a0100.00, of which RUB\u00a03.00 is left.'
    const noAmounts = 'The month’s cap of the line does not let so much be spent.'
    const [raise, askFor] = [
      /^Raise or remove the cap, or wait until/,
      /^Ask whoever manages the line to raise the cap/,
    ]
    for (const [token, message, remedy] of [
      [owner, amounts, raise],
      [await friendOf(line, VIEW | PAY), amounts, askFor],
      [await friendOf(line, PAY | MANAGE), noAmounts, raise],
      [await friendOf(line, PAY), noAmounts, askFor],
    ] as const) {
      expect(await toldTo(token)).toMatchObject({ message, remedy: expect.stringMatching(remedy) })
    }
    await world.settled()
  })

  it('is told no amount of money or points when they only manage it', async () => {
    const line = await world.line(40n, undefined, 70n)
    const { phone: toPhone } = await world.line(0n)
    const both = async (token: string) => {
      const live = { input: { lineId: line.id, dailyFee: '1', idempotencyKey: newId() } }
      const gift = { input: { fromLineId: line.id, toPhone, points: 100, idempotencyKey: newId() } }
      const told: Answer['reasons'][] = []
      // What was kept with the key is told as at first.
      for (let time = 0; time < 2; time++) {
        told.push((await world.run('enable-live-balance', live, token)).reasons)
        told.push((await world.run('give-bonus-points', gift, token)).reasons)
      }
      expect(told.slice(2)).toEqual(told.slice(0, 2))
      return told.slice(0, 2).flat()
    }
    expect(await both(await friendOf(line, MANAGE))).toEqual([
      { code: 'NOT_ENOUGH_MONEY', message: 'There is not enough money on the number.', remedy: 'Top up.' },
      {
        code: 'NOT_ENOUGH_POINTS',
        message: 'There are not so many points.',
        remedy: 'Give fewer, or collect more.',
      },
    ])
    expect(await both(await world.tokenOf(line))).toMatchObject([
      { remedy: expect.stringContaining('0.60') },
      { message: expect.stringContaining('70') },
    ])
  })

  it('is told of the limits of a day what they may see of the line', async () => {
    const line = await world.line(100_000n, undefined, 5_000n)
    const { phone: toPhone } = await world.line(0n)
    await world.sql('insert into payments.transfer_day values ($1, $2, 140000, 0)', [line.id, TODAY])
    await world.sql('insert into payments.bonus_gift_day values ($1, $2, 2900)', [line.id, TODAY])
    const transfer = { fromLineId: line.id, toPhone, amount: '300.00' }
    const gift = { fromLineId: line.id, toPhone, points: 400 }
    const messages = ({ reasons }: Answer) => reasons?.map(({ message }) => message)
    const toldOf = async (token: string) => messages(await world.run('quote-transfer', { input: transfer }, token))
    const toldOfPoints = async (token: string) =>
      messages(await world.run('give-bonus-points', { input: { ...gift, idempotencyKey: newId() } }, token))
    const owner = await world.tokenOf(line)
    expect(await toldOf(owner)).toEqual(['The limit of transfers in a day: RUB\u00a0100.00 more can be sent today.'])
    expect(await toldOf(await friendOf(line, PAY))).toEqual([
      'The limit of the line’s transfers in a day does not let so much be sent.',
    ])
    expect(await toldOfPoints(owner)).toEqual(['The limit of gifts in a day: 100 more can be given today.'])
    expect(await toldOfPoints(await friendOf(line, MANAGE))).toEqual([
      'The limit of gifts in a day does not let so many be given.',
    ])
  })

  describe('by a card that brought no money', () => {
    // They have left nothing in the ledger, which is compared in the end.
    afterEach(() => world.sql('delete from payments.payment where failure is not null'))

    const KINDS = ['TOP_UP', 'AUTO_TOP_UP', 'TRANSFER_OUT'] as const

    /** A payment of each kind that an account made, and that failed. */
    async function failed(line: TestLine, accountId: string): Promise<string[]> {
      const payments = KINDS.map((kind) => ({ kind, id: newId() }))
      for (const { kind, id } of payments) {
        const failure = kind === 'TRANSFER_OUT' ? 'RECEIVER_CANNOT_BE_CREDITED' : 'INSUFFICIENT_FUNDS'
        await world.sql(
          `insert into payments.payment (line_id, id, kind, status, amount, account_id, created_at, ended_at, failure)
           values ($1, $2, $3, 'FAILED', 10000, $4, $5, $5, $6)`,
          [line.id, id, kind, accountId, NOON, failure],
        )
      }
      return payments.map(({ id }) => id)
    }
    const codesOf = async (line: TestLine, ids: readonly string[], token: string) => {
      const found = ids.map(async (id) => (await world.run('payment', { lineId: line.id, id }, token)).failure.code)
      return Promise.all(found)
    }
    const TOLD = ['INSUFFICIENT_FUNDS', 'INSUFFICIENT_FUNDS', 'RECEIVER_CANNOT_BE_CREDITED']
    const NOT_TOLD = ['TOP_UP_FAILED', 'TOP_UP_FAILED', 'RECEIVER_CANNOT_BE_CREDITED']

    it('is told why, and nobody else who sees the line is', async () => {
      const [line, payer] = [await world.line(0n), await world.line(0n)]
      await giveAccess(world.cabinet.database, { lineId: line.id, accountId: payer.ownerId, rights: PAY })
      const ids = await failed(line, payer.ownerId)
      expect(await codesOf(line, ids, await world.tokenOf(payer))).toEqual(TOLD)
      for (const token of [await world.tokenOf(line), await friendOf(line, VIEW | PAY)]) {
        expect(await codesOf(line, ids, token)).toEqual(NOT_TOLD)
      }
      const query = `{ line(id: "${line.id}") { payments(first: 3) { nodes { failure { code } } } } }`
      const staff = await world.cabinet.staffToken('consultant')
      const { data } = await world.cabinet.ask({ query, headers: REASON }, staff)
      const pageCodes = data.line.payments.nodes.map(({ failure }: { failure: { code: string } }) => failure.code)
      expect(pageCodes.toReversed()).toEqual(NOT_TOLD)
      const [top] = ids
      const { failure } = await world.run('payment', { lineId: line.id, id: top }, await world.tokenOf(line))
      expect(failure).toEqual({
        code: 'TOP_UP_FAILED',
        message: 'The top-up by card did not come about.',
        remedy: 'Whoever paid can see why.',
      })
    })

    it('is told why when they pay for an organization, but not who only looks there', async () => {
      const organization = await world.line(0n)
      const accountant = await insertAccountant(world.cabinet, {
        organization: organization.ownerId,
        number: 950,
        monthlyLimitKopecks: 100_000,
      })
      const ids = await failed(organization, organization.ownerId)
      expect(await codesOf(organization, ids, await accountant.token())).toEqual(TOLD)
      expect(await codesOf(organization, ids, await accountant.token('user'))).toEqual(NOT_TOLD)
    })
  })
})
