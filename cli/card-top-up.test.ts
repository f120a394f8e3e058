import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createNewId } from '../platform/ids.ts'
import { insertAccountant } from './testing/accountant.ts'
import { type CardShop, openCardShop, RETURN_URL } from './testing/card-shop.ts'
import { accountId, giveAccess, insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { payOnPage, typeCard } from './testing/payment-page.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const newId = createNewId(systemClock)

let shop: CardShop
let lines = 0
let line: string
let owner: string
let token: string

beforeAll(async () => {
  shop = await openCardShop()
  const { database } = shop.cabinet
  await insertCatalogue(database)
  await database.sql(
    `insert into payments.policy (name, version, value, valid_from) values ('acquirer.pauseSeconds', 2, '1', '2000-01-01')`,
  )
})

afterAll(() => shop.close())

beforeEach(async () => {
  const number = ++lines
  owner = await insertAccount(shop.cabinet.database, { number })
  line = await insertLine(shop.cabinet.database, { number, ownerId: owner, kopecks: 10_000n })
  token = await shop.cabinet.accountToken(owner)
})

const topUp = (input: object = {}, by = token) =>
  shop.send(
    'top-up',
    { input: { lineId: line, amount: '150.00', returnUrl: RETURN_URL, idempotencyKey: newId(), ...input } },
    by,
  )
const payment = (id: string, by = token) => shop.send('payment', { lineId: line, id }, by)
const cards = (by = token) => shop.send('cards', {}, by)
const becomes = (id: string, status: string) =>
  vi.waitFor(async () => expect(await payment(id)).toMatchObject({ status }), PATIENCE)

/** Begins a top-up and gives where the customer goes. */
async function begin(input: object = {}): Promise<{ id: string; confirmationUrl: string }> {
  const result = await topUp(input)
  expect(result).toMatchObject({ __typename: 'TopUpSuccess', payment: { status: 'PENDING' } })
  const { id } = result.payment
  return { id, confirmationUrl: await shop.confirmationUrl(line, id, token) }
}

/** Saves a card by a top-up with it. Gives its id. */
async function saveCard(): Promise<string> {
  const { id, confirmationUrl } = await begin({ isCardSaved: true })
  await payOnPage(confirmationUrl)
  await becomes(id, 'SUCCEEDED')
  return (await cards())[0].id
}

/** What an account finds in the cabinet, once there is so much. */
async function told(count: number, by = token): Promise<string[]> {
  const read = async () => (await shop.send('notices', {}, by)).notices.nodes.map(({ text }: { text: string }) => text)
  await expect.poll(async () => (await read()).length, PATIENCE).toBe(count)
  return read()
}

describe('a top-up by card', () => {
  it('comes onto the line once the bank has said so, whatever the notice says', async () => {
    const { id, confirmationUrl } = await begin()
    expect((await shop.balance(line)).posted).toBe(10_000)
    expect(await payOnPage(confirmationUrl)).toBe(RETURN_URL)
    await becomes(id, 'SUCCEEDED')
    expect(await shop.balance(line)).toEqual({ posted: 25_000, reserved: 0 })
    expect(await payment(id)).toMatchObject({
      kind: 'TOP_UP',
      amount: { amount: '150.00', currencyCode: 'RUB' },
      confirmationUrl: null,
      failure: null,
    })
  })

  it('is told of once, to payer and owner; one that fails to its payer alone', async () => {
    const friend = await insertAccount(shop.cabinet.database, { number: ++lines })
    const payer = await shop.cabinet.accountToken(friend)
    await giveAccess(shop.cabinet.database, { lineId: line, accountId: friend, rights: 2 })
    for (const card of ['insufficient_funds', '3-d-secure'] as const) {
      const { payment: begun } = await topUp({}, payer)
      await payOnPage(await shop.confirmationUrl(line, begun.id, payer), card)
      await becomes(begun.id, card === '3-d-secure' ? 'SUCCEEDED' : 'FAILED')
    }
    await shop.cabinet.database.sql(`update accounts.account set language = 'en' where id in ($1, $2)`, [owner, friend])
    expect(await told(2, payer)).toEqual([
      'The number was topped up by card: RUB 150.00.',
      'A top-up by card of RUB 150.00 failed. See in your cabinet why, and what helps.',
    ])
    expect(await told(1)).toEqual(['The number was topped up by card: RUB 150.00.'])
  })

  it('tells why the bank declined it, and what helps', async () => {
    const { id, confirmationUrl } = await begin()
    await payOnPage(confirmationUrl, 'insufficient_funds')
    await becomes(id, 'FAILED')
    expect(await payment(id)).toMatchObject({
      failure: {
        code: 'INSUFFICIENT_FUNDS',
        message: expect.stringContaining('too little'),
        remedy: expect.any(String),
      },
    })
    expect((await shop.balance(line)).posted).toBe(10_000)
  })

  it('is learnt of without any notice', async () => {
    const { id, confirmationUrl } = await begin()
    await payOnPage(confirmationUrl, 'silent')
    await becomes(id, 'SUCCEEDED')
    expect((await shop.balance(line)).posted).toBe(25_000)
  })

  it('sends a receipt with the line’s number to the tax office’s shape', async () => {
    const { id } = await begin()
    const stored = [...shop.acquirer.bank.payments.values()].find(({ metadata }) => metadata['payment_id'] === id)
    const [row] = await shop.cabinet.database.sql<{ msisdn: string }>(
      'select msisdn from linked_numbers.line where id = $1',
      [line],
    )
    expect(stored?.receipt).toEqual({
      customer: { phone: row?.msisdn.slice(1) },
      tax_system_code: 1,
      items: [
        {
          description: 'Аванс за услуги связи',
          quantity: '1.000',
          amount: { value: 15_000, currency: 'RUB' },
          vat_code: 12,
          payment_subject: 'payment',
          payment_mode: 'advance',
        },
      ],
    })
  })

  it('is one payment of one key, sent once or twenty times at once', async () => {
    const idempotencyKey = newId()
    const answers = await Promise.all(Array.from({ length: 20 }, () => topUp({ idempotencyKey })))
    const ids = answers.flatMap((answer) => (answer.__typename === 'TopUpSuccess' ? [answer.payment.id] : []))
    expect(new Set(ids).size).toBe(1)
    expect(
      answers.filter(({ __typename }) => !['TopUpSuccess', 'OperationInProgressError'].includes(__typename)),
    ).toEqual([])
    const again = await topUp({ idempotencyKey })
    expect(again.payment.id).toBe(ids[0])
    await shop.confirmationUrl(line, again.payment.id, token)
    expect(await topUp({ idempotencyKey, amount: '151.00' })).toMatchObject({ __typename: 'IdempotencyKeyReusedError' })
    const ours = [...shop.acquirer.bank.payments.values()].filter(({ metadata }) => metadata['line_id'] === line)
    expect(ours).toHaveLength(1)
  })

  it.each([
    ['done and not answered', '100.13'],
    ['lost on the way', '100.14'],
    ['done and answered with trouble', '100.15'],
  ])('that was %s is asked for again until it is known, and paid once', async (_, amount) => {
    const idempotencyKey = newId()
    const first = await topUp({ amount, idempotencyKey })
    expect(first).toMatchObject({ __typename: 'TopUpSuccess', payment: { status: 'PENDING' } })
    const confirmationUrl = await shop.confirmationUrl(line, first.payment.id, token)
    expect((await topUp({ amount, idempotencyKey })).payment.id).toBe(first.payment.id)
    await payOnPage(confirmationUrl)
    await becomes(first.payment.id, 'SUCCEEDED')
    expect((await shop.balance(line)).posted).toBe(10_000 + Math.round(Number(amount) * 100))
    expect([...shop.acquirer.bank.payments.values()].filter((one) => one.metadata['line_id'] === line)).toHaveLength(1)
  })

  it('is refused where it cannot be, and nobody is asked for money', async () => {
    const stranger = await insertAccount(shop.cabinet.database, { number: 900 + lines })
    const strangers = await shop.cabinet.accountToken(stranger)
    const before = shop.acquirer.bank.payments.size
    const of = async (input: object, by?: string) => (await topUp(input, by)).__typename
    expect(await of({}, strangers)).toBe('LineNotFoundError')
    expect(await of({ lineId: 'nonsense' })).toBe('LineNotFoundError')
    expect(await of({ lineId: newId() })).toBe('LineNotFoundError')
    expect(await of({ amount: '0.00' })).toBe('InvalidAmountError')
    expect(await of({ amount: '-5.00' })).toBe('InvalidAmountError')
    expect(await of({ cardId: newId() })).toBe('CardNotFoundError')
    expect(await of({ idempotencyKey: '' })).toBe('InvalidIdempotencyKeyError')
    expect(await topUp({ amount: '9.99' })).toMatchObject({ __typename: 'AmountOutOfRangeError', path: ['amount'] })
    for (const returnUrl of [
      'https://evil.example/',
      'http://localhost.evil.example/',
      'javascript:alert(1)',
      'paid',
    ]) {
      expect(await of({ returnUrl })).toBe('ReturnUrlNotAllowedError')
    }
    expect(await of({ returnUrl: 'http://user@localhost:3000/' })).toBe('ReturnUrlNotAllowedError')
    expect(shop.acquirer.bank.payments.size).toBe(before)
  })

  it('names at once all that stands against it', async () => {
    const refused = async (input: object) => {
      const result = await topUp(input)
      return [result.__typename, result.reasons?.map(({ code }: { code: string }) => code)]
    }
    const cardId = newId()
    const range = await topUp({ amount: '9.99' })
    expect(range).toMatchObject({ min: { amount: '10.00' }, max: { amount: '15000.00' } })
    expect(range.reasons).toEqual([
      {
        code: 'AMOUNT_OUT_OF_RANGE',
        message: 'The amount of the top-up is out of range.',
        remedy: 'Give from RUB\u00a010.00 to RUB\u00a015,000.00.',
      },
    ])
    expect(await refused({ cardId })).toEqual(['CardNotFoundError', ['CARD_NOT_FOUND']])
    for (let count = 0; count < 4; count++) await topUp({ amount: '15000.00' })
    expect(await refused({})).toEqual(['NotEligibleError', ['DAY_AMOUNT_REACHED']])
    expect(await refused({ cardId })).toEqual(['CardNotFoundError', ['CARD_NOT_FOUND', 'DAY_AMOUNT_REACHED']])
    expect(await refused({ cardId, amount: '15000.01' })).toEqual([
      'AmountOutOfRangeError',
      ['AMOUNT_OUT_OF_RANGE', 'CARD_NOT_FOUND', 'DAY_AMOUNT_REACHED'],
    ])
  })

  it('keeps to the limit of a day, by whatever number of requests at once', async () => {
    const mutation = `mutation ($input: TopUpInput!) { topUp(input: $input) {
      __typename ... on NotEligibleError { reasons { code message remedy } } } }`
    const ask = () => {
      const input = { lineId: line, amount: '15000.00', returnUrl: RETURN_URL, idempotencyKey: newId() }
      return shop.send(mutation, { input }, token)
    }
    const answers = await Promise.all(Array.from({ length: 8 }, ask))
    const begun = answers.filter(({ __typename }) => __typename === 'TopUpSuccess')
    expect(begun).toHaveLength(4)
    expect(answers.find(({ __typename }) => __typename === 'NotEligibleError')).toMatchObject({
      reasons: [
        { code: 'DAY_AMOUNT_REACHED', message: expect.stringContaining('60,000.00'), remedy: expect.any(String) },
      ],
    })
  })
})

/** What the audit trail of an account says was done; it comes a moment later. */
const actsOf = (account: string, kind: string) =>
  vi.waitFor(async () => {
    const acts = await shop.cabinet.database.sql<{ line_id: string | null; actor: string }>(
      'select line_id, actor from accounts.act where account_id = $1 and kind = $2',
      [account, kind],
    )
    expect(acts.length).toBeGreaterThan(0)
    return acts
  }, PATIENCE)

describe('the audit trail', () => {
  it('tells of a top-up and of a card that was removed', async () => {
    const cardId = await saveCard()
    await shop.send('remove-card', { input: { cardId } }, token)
    expect(await actsOf(owner, 'TOP_UP_BEGUN')).toEqual([{ line_id: line, actor: `account:${owner}` }])
    expect(await actsOf(owner, 'CARD_REMOVED')).toEqual([{ line_id: null, actor: `account:${owner}` }])
  })
})

describe('who may', () => {
  it('pay for a line without seeing it: its own payments and nothing else', async () => {
    const payer = await insertAccount(shop.cabinet.database, { number: 800 + lines })
    await giveAccess(shop.cabinet.database, { lineId: line, accountId: payer, rights: 2 })
    const payers = await shop.cabinet.accountToken(payer)
    const { id } = await begin()
    expect(await payment(id, payers)).toBeNull()
    const { payment: own } = await topUp({}, payers)
    await shop.confirmationUrl(line, own.id, payers)
    // The owner sees the payment, and not where somebody else pays it.
    expect(await payment(own.id)).toMatchObject({ status: 'PENDING', confirmationUrl: null })
    expect(await shop.send('query ($id: ID!) { line(id: $id) { id balance { asOf } } }', { id: line }, payers)).toEqual(
      {
        id: line,
        balance: null,
      },
    )
  })

  it('see a line without paying for it: refused', async () => {
    const viewer = await insertAccount(shop.cabinet.database, { number: 700 + lines })
    await giveAccess(shop.cabinet.database, { lineId: line, accountId: viewer, rights: 1 })
    const viewers = await shop.cabinet.accountToken(viewer)
    expect(await topUp({}, viewers)).toMatchObject({ __typename: 'LineNotFoundError' })
    const { id } = await begin()
    expect(await payment(id, viewers)).toMatchObject({ status: 'PENDING', confirmationUrl: null })
  })
})

describe('a saved card', () => {
  it('pays again without its number, and at once', async () => {
    const cardId = await saveCard()
    expect(await cards()).toEqual([
      { id: cardId, brand: 'Visa', last4: '1881', expiryYear: 2030, expiryMonth: 12, savedAt: expect.any(String) },
    ])
    const { payment: paid } = await topUp({ cardId })
    await becomes(paid.id, 'SUCCEEDED')
    expect((await shop.balance(line)).posted).toBe(40_000)
  })

  it('may ask for its owner, or have too little', async () => {
    const cardId = await saveCard()
    const { id } = (await topUp({ cardId, amount: '100.51' })).payment
    await becomes(id, 'FAILED')
    const asking = (await topUp({ cardId, amount: '100.30' })).payment
    const url = await shop.confirmationUrl(line, asking.id, token)
    expect(await typeCard(url, { outcome: 'success' })).toBe(RETURN_URL)
    await becomes(asking.id, 'SUCCEEDED')
  })

  it('is the account’s alone, and is forgotten for good', async () => {
    const cardId = await saveCard()
    const stranger = await insertAccount(shop.cabinet.database, { number: 600 + lines })
    const strangers = await shop.cabinet.accountToken(stranger)
    expect(await cards(strangers)).toEqual([])
    const remove = (by?: string) => shop.send('remove-card', { input: { cardId } }, by ?? token)
    expect(await remove(strangers)).toMatchObject({ __typename: 'CardNotFoundError' })
    await giveAccess(shop.cabinet.database, { lineId: line, accountId: stranger, rights: 2 })
    expect(await topUp({ cardId }, strangers)).toMatchObject({ __typename: 'CardNotFoundError' })
    expect(await remove()).toEqual({ __typename: 'RemoveCardSuccess', cardId })
    expect(await remove()).toMatchObject({ __typename: 'CardNotFoundError' })
    expect(await topUp({ cardId })).toMatchObject({ __typename: 'CardNotFoundError' })
    expect(await shop.cabinet.database.sql('select from payments.card where account_id = $1', [owner])).toEqual([])
  })

  it('is one card, however often it is saved', async () => {
    await saveCard()
    await saveCard()
    expect(await cards()).toHaveLength(1)
  })

  it('of an organization is charged within its member’s month, and what fails or goes back does not count', async () => {
    const organization = await insertAccount(shop.cabinet.database, { number: ++lines, kind: 'ORGANIZATION' })
    const accountants = { organization, number: ++lines, monthlyLimitKopecks: 25_000 }
    const accountant = await (await insertAccountant(shop.cabinet, accountants)).token()
    const number = ++lines
    line = await insertLine(shop.cabinet.database, { number, ownerId: organization, kopecks: 0n })
    token = await shop.cabinet.accountToken(organization, 'owner')
    const cardId = await saveCard()
    const charge = async (amount: string) => {
      const wish = { lineId: line, cardId, amount, returnUrl: RETURN_URL, idempotencyKey: newId() }
      return shop.send('top-up', { input: wish }, accountant)
    }
    const ends = async (result: { payment: { id: string } }, status: string) => becomes(result.payment.id, status)

    await ends(await charge('200.51'), 'FAILED')
    const paid = await charge('150.00')
    await ends(paid, 'SUCCEEDED')
    const refused = await charge('150.00')
    expect(refused).toMatchObject({ __typename: 'NotEligibleError', reasons: [{ code: 'MEMBER_LIMIT' }] })
    expect(refused.reasons[0].message).toContain('100.00')
    const typed = await topUp({}, accountant)
    expect(typed).toMatchObject({ __typename: 'TopUpSuccess' })

    const input = { lineId: line, paymentId: paid.payment.id, amount: '50.00', idempotencyKey: newId() }
    await shop.send('refund-payment', { input }, await shop.cabinet.staffToken('supervisor'))
    await vi.waitFor(async () => expect((await shop.balance(line)).posted).toBe(25_000), PATIENCE)
    await ends(await charge('150.00'), 'SUCCEEDED')

    const auto = { lineId: line, cardId, amount: '100.00', threshold: '100.00' }
    const setAuto = async (monthlyCap: string | null) =>
      shop.send('set-auto-payment', { input: { ...auto, monthlyCap } }, accountant)
    for (const cap of [null, '250.01']) {
      expect(await setAuto(cap)).toMatchObject({ reasons: [{ code: 'MEMBER_LIMIT' }] })
    }
    expect(await setAuto('250.00')).toMatchObject({ __typename: 'SetAutoPaymentSuccess' })
  })

  it('of an organization is not for members who may not pay', async () => {
    await saveCard()
    const members = await shop.cabinet.accountToken(accountId(lines), 'user')
    expect(await cards(members)).toEqual([])
    const { id } = await begin()
    expect(await payment(id, members)).toMatchObject({ id, confirmationUrl: null })
  })
})
