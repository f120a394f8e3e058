import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertAccountant } from '../../cli/testing/accountant.ts'
import { giveAccess, insertAccount, promiseKopecks } from '../../cli/testing/fixture.ts'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { SimSwapUnavailableError } from '../../platform/sim-swap/sim-swap.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'

const HOUR_MS = 3_600_000
const newId = createNewId(systemClock)

describe('a transfer', () => {
  let world: MoneyWorld
  /** When the SIM of every number was changed; an error when the network does not answer. */
  let simChange: Date | null | Error = null
  /** The only number of which that is so; null when it is so of all. */
  let changedOnly: string | null = null
  let keys = 0
  const newKey = () => `key-${++keys}`

  beforeAll(async () => {
    const retrieveDate = async (phone: string) => {
      if (simChange instanceof Error) throw simChange
      return changedOnly === null || changedOnly === phone ? simChange : null
    }
    world = await openMoneyWorld({ simSwap: { retrieveDate, check: async () => false } })
  })
  beforeEach(() => {
    world.clock.now = NOON
    simChange = null
    changedOnly = null
  })
  afterAll(() => world.close())

  const quote = async (from: TestLine, to: { readonly phone: string }, amount = '100.00', token?: string) =>
    world.run(
      'quote-transfer',
      { input: { fromLineId: from.id, toPhone: to.phone, amount } },
      token ?? (await world.tokenOf(from)),
    )
  const confirm = async (from: TestLine, quoteId: string, idempotencyKey = newKey(), token?: string) =>
    world.run('confirm-transfer', { input: { quoteId, idempotencyKey } }, token ?? (await world.tokenOf(from)))
  async function send(from: TestLine, to: TestLine, amount = '100.00') {
    const shown = await quote(from, to, amount)
    return shown.quote ? confirm(from, shown.quote.id) : shown
  }
  const codes = (answer: { reasons?: { code: string }[] }) => answer.reasons?.map(({ code }) => code)

  it('shows what it costs and leaves, and then takes exactly that', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(1_000n)]
    const shown = await quote(from, { phone: to.phone.replace('+7', '8 ') })
    expect(shown).toEqual({
      __typename: 'QuoteTransferSuccess',
      quote: {
        id: expect.any(String),
        toPhone: to.phone,
        amount: { amount: '100.00', currencyCode: 'RUB' },
        fee: { amount: '7.00', currencyCode: 'RUB' },
        total: { amount: '107.00', currencyCode: 'RUB' },
        balanceAfter: { amount: '393.00', currencyCode: 'RUB' },
        validUntil: new Date(NOON.getTime() + 300_000).toISOString(),
      },
    })
    expect(await world.money(from)).toEqual([50_000n, 0n])
    expect(await confirm(from, shown.quote.id)).toEqual({
      __typename: 'ConfirmTransferSuccess',
      payment: { id: shown.quote.id, status: 'PENDING' },
    })
    await world.settled()
    expect(await world.money(from)).toEqual([39_300n, 0n])
    expect(await world.money(to)).toEqual([11_000n, 0n])
  })

  it('is in both statements and histories, with the other’s number masked, and in both trails', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(0n)]
    await send(from, to)
    await world.settled()
    const entries = await world.sql(
      `select entry.line_id, entry.kind, entry.amount::int, details -> 'title' ->> 'ru' as title, policy_name, policy_version
       from payments.ledger_entry as entry
       join payments.ledger_transaction as cause on (cause.line_id, cause.id) = (entry.line_id, entry.transaction_id)
       where entry.line_id = any($1) and entry.kind <> 'OPENING_BALANCE' order by entry.kind`,
      [[from.id, to.id]],
    )
    const [masked, maskedBack] = [to, from].map(({ phone }) => `+7 916 *** ** ${phone.slice(-2)}`)
    expect(entries).toEqual([
      {
        line_id: from.id,
        kind: 'TRANSFER_FEE',
        amount: 700,
        title: masked,
        policy_name: 'transfer.feeKopecks',
        policy_version: 1,
      },
      {
        line_id: to.id,
        kind: 'TRANSFER_IN',
        amount: 10_000,
        title: maskedBack,
        policy_name: null,
        policy_version: null,
      },
      {
        line_id: from.id,
        kind: 'TRANSFER_OUT',
        amount: 10_000,
        title: masked,
        policy_name: 'transfer.feeKopecks',
        policy_version: 1,
      },
    ])
    expect(
      await world.sql(
        'select line_id, kind, status, amount::int, fee::int from payments.payment where line_id = any($1) order by kind',
        [[from.id, to.id]],
      ),
    ).toEqual([
      { line_id: to.id, kind: 'TRANSFER_IN', status: 'SUCCEEDED', amount: 10_000, fee: 0 },
      { line_id: from.id, kind: 'TRANSFER_OUT', status: 'SUCCEEDED', amount: 10_000, fee: 700 },
    ])
    expect(
      await world.sql('select account_id, kind from accounts.act where line_id = any($1) order by kind', [
        [from.id, to.id],
      ]),
    ).toEqual([
      { account_id: to.ownerId, kind: 'TRANSFER_RECEIVED' },
      { account_id: from.ownerId, kind: 'TRANSFER_SENT' },
    ])
    const everything = JSON.stringify(
      [
        await world.sql('select * from payments.payment where line_id = $1', [to.id]),
        await world.sql('select * from payments.ledger_transaction where line_id = $1', [to.id]),
      ],
      (_, value) => (typeof value === 'bigint' ? String(value) : value),
    )
    expect(everything).not.toContain(from.phone.slice(3))
    expect(everything).not.toContain(from.id)
  })

  describe('is refused, with every reason at once,', () => {
    it('when the amount is out of range', async () => {
      const [from, to] = [await world.line(500_000n), await world.line(0n)]
      expect(codes(await quote(from, to, '0.99'))).toEqual(['AMOUNT_TOO_SMALL'])
      expect((await quote(from, to, '1.00')).__typename).toBe('QuoteTransferSuccess')
      expect((await quote(from, to, '300.00')).__typename).toBe('QuoteTransferSuccess')
      expect(codes(await quote(from, to, '300.01'))).toEqual(['AMOUNT_TOO_LARGE'])
      for (const amount of ['0.00', '-5.00', '1.001']) {
        expect(await quote(from, to, amount)).toMatchObject({ __typename: 'InvalidAmountError', path: ['amount'] })
      }
    })

    it('when 90 roubles of one’s own would not stay', async () => {
      const [from, to] = [await world.line(19_700n), await world.line(0n)]
      const refused = await quote(from, to, '100.01')
      expect(refused).toMatchObject({
        __typename: 'NotEligibleError',
        reasons: [{ code: 'NOT_ENOUGH_MONEY', remedy: 'Transfer RUB\u00a0100.00 at most.' }],
      })
      expect((await quote(from, to, '100.00')).quote.balanceAfter.amount).toBe('90.00')
    })

    it('when less than the least would be left to send: to send less is no way out then', async () => {
      const [from, to] = [await world.line(9_750n), await world.line(0n)]
      expect((await quote(from, to, '5.00')).reasons).toMatchObject([
        { code: 'NOT_ENOUGH_MONEY', message: expect.stringContaining('RUB\u00a00.00'), remedy: 'Top up.' },
      ])
      const spent = await world.line(50_000n)
      await world.sql('insert into payments.transfer_day (line_id, day, sent) values ($1, $2, 149950)', [
        spent.id,
        '2026-11-18',
      ])
      expect((await quote(spent, to, '5.00')).reasons).toMatchObject([
        { code: 'DAY_LIMIT', message: expect.stringContaining('RUB\u00a00.00'), remedy: 'Wait until tomorrow.' },
      ])
    })

    it('for borrowed money: a promised payment never moves', async () => {
      const [from, to] = [await world.line(0n), await world.line(0n)]
      await promiseKopecks(world, { lineId: from.id, kopecks: 80_000, at: NOON })
      expect(codes(await quote(from, to, '1.00'))).toEqual(['NOT_ENOUGH_MONEY'])
    })

    it('to oneself, to nobody, and with all that stands against it', async () => {
      const from = await world.line(100n)
      expect(codes(await quote(from, from, '500.00'))).toEqual(['AMOUNT_TOO_LARGE', 'SAME_LINE', 'NOT_ENOUGH_MONEY'])
      expect(codes(await quote(from, { phone: '+79169999999' }))).toEqual(['RECEIVER_NOT_FOUND', 'NOT_ENOUGH_MONEY'])
      expect(await quote(from, { phone: 'mother' })).toMatchObject({
        __typename: 'InvalidPhoneNumberError',
        path: ['toPhone'],
      })
    })

    it('for a day after the SIM was changed', async () => {
      const [from, other, to] = [await world.line(50_000n), await world.line(50_000n), await world.line(0n)]
      simChange = new Date(NOON.getTime() - 24 * HOUR_MS + 60_000)
      expect((await quote(from, to)).reasons).toMatchObject([
        { code: 'SIM_CHANGED', message: expect.stringContaining('November 18, 2026') },
      ])
      simChange = new Date(NOON.getTime() - 24 * HOUR_MS)
      const shown = await quote(other, to)
      expect(shown.__typename).toBe('QuoteTransferSuccess')
      // Between the question and the confirmation, too.
      simChange = NOON
      expect(await confirm(other, shown.quote.id)).toMatchObject({ __typename: 'NotEligibleError' })
      expect(await world.money(other)).toEqual([50_000n, 0n])
    })

    it('while nobody can say whether the SIM was changed; the key is as good as new then', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const shown = await quote(from, to)
      simChange = new SimSwapUnavailableError('no answer')
      await expect(quote(from, to)).rejects.toThrow('SUBGRAPH_UNAVAILABLE')
      await expect(confirm(from, shown.quote.id, 'asked in vain')).rejects.toThrow('SUBGRAPH_UNAVAILABLE')
      simChange = null
      expect((await confirm(from, shown.quote.id, 'asked in vain')).__typename).toBe('ConfirmTransferSuccess')
      await world.settled()
    })

    it('from any line of a person, when the SIM of another of their lines was changed', async () => {
      const [mine, to] = [await world.line(50_000n), await world.line(0n)]
      const other = await world.line(0n, mine.ownerId)
      simChange = new Date(NOON.getTime() - HOUR_MS)
      changedOnly = other.phone
      expect(codes(await quote(mine, to))).toEqual(['SIM_CHANGED'])
      // Nothing of the receiver's counts.
      const third = await world.line(50_000n)
      expect((await quote(third, other)).__typename).toBe('QuoteTransferSuccess')
    })

    it('when more than 1,500 roubles would leave in a day of Moscow', async () => {
      const [from, to] = [await world.line(1_000_000n), await world.line(0n)]
      world.clock.now = new Date('2026-11-18T20:59:00Z')
      for (let number = 1; number <= 5; number++) expect((await send(from, to, '300.00')).payment).toBeTruthy()
      expect(codes(await quote(from, to, '1.00'))).toEqual(['DAY_LIMIT'])
      world.clock.now = new Date('2026-11-18T21:00:00Z')
      expect((await send(from, to, '300.00')).payment).toBeTruthy()
      await world.settled()
      expect(
        await world.sql('select day, sent::int from payments.transfer_day where line_id = $1 order by day', [from.id]),
      ).toEqual([
        { day: '2026-11-18', sent: 150_000 },
        { day: '2026-11-19', sent: 30_000 },
      ])
    })
  })

  it('comes back whole, fee and limits too, when the receiver has had 3,000 roubles that day; nobody is told why', async () => {
    const to = await world.line(0n)
    for (let sender = 0; sender < 2; sender++) {
      const from = await world.line(1_000_000n)
      for (let number = 1; number <= 5; number++) await send(from, to, '300.00')
    }
    await world.settled()
    expect(await world.money(to)).toEqual([300_000n, 0n])
    const from = await world.line(20_000n)
    expect((await send(from, to, '1.00')).__typename).toBe('ConfirmTransferSuccess')
    await world.settled()
    expect(await world.money(from)).toEqual([20_000n, 0n])
    expect(await world.money(to)).toEqual([300_000n, 0n])
    expect(await world.sql('select status, failure from payments.payment where line_id = $1', [from.id])).toEqual([
      { status: 'FAILED', failure: 'RECEIVER_CANNOT_BE_CREDITED' },
    ])
    expect(await world.sql('select sent::int from payments.transfer_day where line_id = $1', [from.id])).toEqual([
      { sent: 0 },
    ])
    world.clock.now = new Date('2026-11-18T21:00:00Z')
    expect((await send(from, to, '1.00')).__typename).toBe('ConfirmTransferSuccess')
    await world.settled()
    expect(await world.money(to)).toEqual([300_100n, 0n])
  })

  describe('is confirmed', () => {
    it('within five minutes', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const { quote: shown } = await quote(from, to)
      world.clock.now = new Date(NOON.getTime() + 300_000)
      expect((await confirm(from, shown.id)).__typename).toBe('TransferQuoteExpiredError')
      expect(await world.money(from)).toEqual([50_000n, 0n])
    })

    it('once, by whatever key; a key gives its answer again, and only for the same quote', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const [first, second] = [await quote(from, to), await quote(from, to)]
      const key = newKey()
      const answer = await confirm(from, first.quote.id, key)
      expect(answer.__typename).toBe('ConfirmTransferSuccess')
      expect((await confirm(from, first.quote.id)).__typename).toBe('TransferAlreadyConfirmedError')
      await world.settled()
      world.clock.now = new Date(NOON.getTime() + 10 * 60_000)
      simChange = new SimSwapUnavailableError('no answer')
      expect(await confirm(from, first.quote.id, key)).toEqual(answer)
      expect(await confirm(from, second.quote.id, key)).toMatchObject({
        __typename: 'IdempotencyKeyReusedError',
        path: ['idempotencyKey'],
      })
      expect((await confirm(from, second.quote.id, '')).__typename).toBe('InvalidIdempotencyKeyError')
      expect(await world.money(from)).toEqual([39_300n, 0n])
    })

    it('for the fee that was shown, whatever it is by then', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const { quote: shown } = await quote(from, to)
      await world.sql(
        `insert into payments.policy (name, version, value, valid_from) values ('transfer.feeKopecks', 2, '1500', $1)`,
        [NOON],
      )
      world.clock.now = new Date(NOON.getTime() + 2_000)
      expect((await quote(from, to)).quote.fee.amount).toBe('15.00')
      await confirm(from, shown.id)
      await world.settled()
      expect(await world.money(from)).toEqual([39_300n, 0n])
      await world.sql(`delete from payments.policy where name = 'transfer.feeKopecks' and version = 2`)
      world.clock.now = new Date(NOON.getTime() + 4_000)
      expect((await quote(from, to)).quote.fee.amount).toBe('7.00')
    })

    it('not when the number has gone to somebody else since it was shown', async () => {
      const [from, to, other] = [await world.line(50_000n), await world.line(0n), await world.line(0n)]
      const { quote: shown } = await quote(from, to)
      await world.sql('update linked_numbers.directory set line_id = $2 where msisdn = $1', [to.phone, other.id])
      expect((await confirm(from, shown.id)).__typename).toBe('NotEligibleError')
      expect(await world.money(other)).toEqual([0n, 0n])
    })

    it('by whom it was shown to, and nobody else', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const { quote: shown } = await quote(from, to)
      const stranger = await world.tokenOf(to)
      expect((await confirm(from, shown.id, newKey(), stranger)).__typename).toBe('TransferQuoteNotFoundError')
      expect((await confirm(from, 'nonsense')).__typename).toBe('TransferQuoteNotFoundError')
    })
  })

  describe('is paid', () => {
    it('by one with the right to pay, and not by one who only sees, or whose right has ended', async () => {
      const [from, to] = [await world.line(50_000n), await world.line(0n)]
      const [viewer, payer] = [await world.line(0n), await world.line(0n)]
      await giveAccess(world.cabinet.database, { lineId: from.id, accountId: viewer.ownerId, rights: 1 })
      await giveAccess(world.cabinet.database, { lineId: from.id, accountId: payer.ownerId, rights: 2 })
      expect((await quote(from, to, '10.00', await world.tokenOf(viewer))).__typename).toBe('LineNotFoundError')
      const shown = await quote(from, to, '10.00', await world.tokenOf(payer))
      expect(shown.__typename).toBe('QuoteTransferSuccess')
      await world.sql('update payments.line_access set rights = 1 where account_id = $1 and line_id = $2', [
        payer.ownerId,
        from.id,
      ])
      expect((await confirm(from, shown.quote.id, newKey(), await world.tokenOf(payer))).__typename).toBe(
        'TransferQuoteNotFoundError',
      )
    })

    it('by members of an organization within the limit of their month, counted across its lines', async () => {
      const organization = await insertAccount(world.cabinet.database, { number: 700_001, kind: 'ORGANIZATION' })
      const accountants = { organization, number: 700_002, monthlyLimitKopecks: 31_400 }
      const accountant = await insertAccountant(world.cabinet, accountants)
      const [first, second] = [await world.line(100_000n, organization), await world.line(100_000n, organization)]
      const to = await world.line(0n)
      const token = await accountant.token()
      expect((await quote(first, to, '300.00', token)).__typename).toBe('QuoteTransferSuccess')
      await accountant.limit(30_000)
      expect((await quote(first, to, '299.00', token)).reasons).toMatchObject([
        { code: 'MEMBER_LIMIT', message: expect.stringContaining('RUB\u00a0300.00 is left') },
      ])
      await accountant.limit(31_400)
      const shown = await quote(first, to, '100.00', token)
      const alsoShown = await quote(second, to, '200.00', token)
      const tooMuch = await quote(second, to, '200.00', token)
      expect((await confirm(first, shown.quote.id, newKey(), token)).__typename).toBe('ConfirmTransferSuccess')
      expect((await confirm(second, alsoShown.quote.id, newKey(), token)).__typename).toBe('ConfirmTransferSuccess')
      expect((await confirm(second, tooMuch.quote.id, newKey(), token)).__typename).toBe('NotEligibleError')
      expect(codes(await quote(first, to, '1.00', token))).toEqual(['MEMBER_LIMIT'])
      await world.settled()
      expect(await world.money(first)).toEqual([89_300n, 0n])
      expect(await world.money(second)).toEqual([79_300n, 0n])
      world.clock.now = new Date('2026-11-30T21:00:00Z')
      expect((await quote(first, to, '1.00', await accountant.token())).__typename).toBe('QuoteTransferSuccess')
      await expect(quote(first, to, '1.00', await accountant.token('user'))).rejects.toThrow('FORBIDDEN')
      await accountant.demote()
      expect((await quote(first, to, '1.00', await accountant.token())).__typename).toBe('LineNotFoundError')
    })
  })

  it('is in the history where it was confirmed, whenever it was shown', async () => {
    const [from, to] = [await world.line(100_000n), await world.line(0n)]
    const [first, second] = [await quote(from, to, '10.00'), await quote(from, to, '20.00')]
    const page = async (after: string | null) => {
      const { payments } = await world.run('payments', { lineId: from.id, first: 1, after }, await world.tokenOf(from))
      return { ids: payments.nodes.map(({ id }: { id: string }) => id), ...payments.pageInfo }
    }
    world.clock.now = new Date(NOON.getTime() + 60_000)
    await confirm(from, second.quote.id)
    const { endCursor } = await page(null)
    world.clock.now = new Date(NOON.getTime() + 120_000)
    await confirm(from, first.quote.id)
    const newest = await page(null)
    expect(newest).toMatchObject({ ids: [first.quote.id], hasNextPage: true })
    expect(await page(newest.endCursor)).toMatchObject({ ids: [second.quote.id], hasNextPage: false })
    expect(await page(endCursor)).toMatchObject({ ids: [] })
  })

  it('ends as it ended, whatever of its events come again, in whatever order', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(0n)]
    const { payment } = await send(from, to)
    await world.settled()
    const newEvent = () => ({
      id: newId(),
      occurredAt: NOON.toISOString(),
      transferId: payment.id,
      fromLineId: from.id,
    })
    const sent = { ...newEvent(), kind: 'TransferSent', toLineId: to.id, amount: '10000', fromPhone: null } as const
    const { payments } = world.cabinet.subgraphs
    await Promise.all([
      ...Array.from({ length: 20 }, () => payments.receive(sent)),
      ...Array.from({ length: 5 }, () => payments.receive({ ...newEvent(), kind: 'TransferRefused' })),
      ...Array.from({ length: 5 }, () => payments.receive({ ...newEvent(), kind: 'TransferCredited' })),
      payments.receive({ ...sent, id: newId() }),
    ])
    await world.settled()
    expect(await world.money(from)).toEqual([39_300n, 0n])
    expect(await world.money(to)).toEqual([10_000n, 0n])
    expect(await world.sql('select kind, status from payments.payment where line_id = $1', [to.id])).toEqual([
      { kind: 'TRANSFER_IN', status: 'SUCCEEDED' },
    ])
  })

  it('may be asked about a hundred times a day', async () => {
    const from = await world.line(50_000n)
    await world.sql('insert into payments.transfer_quote_day values ($1, $2, 99)', [from.ownerId, '2026-11-18'])
    expect(codes(await quote(from, { phone: '+79169999999' }))).toEqual(['RECEIVER_NOT_FOUND'])
    expect((await quote(from, { phone: '+79169999998' })).__typename).toBe('TooManyTransferQuotesError')
    world.clock.now = new Date('2026-11-18T21:00:00Z')
    expect(codes(await quote(from, { phone: '+79169999998' }))).toEqual(['RECEIVER_NOT_FOUND'])
  })
})
