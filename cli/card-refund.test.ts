import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../platform/clock.ts'
import { createNewId } from '../platform/ids.ts'
import { type CardShop, openCardShop, RETURN_URL } from './testing/card-shop.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { payOnPage } from './testing/payment-page.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const newId = createNewId(systemClock)

let shop: CardShop
let lines = 0
let line: string
let owner: string
let token: string
let supervisor: string
let paymentId: string

beforeAll(async () => {
  shop = await openCardShop()
  await insertCatalogue(shop.cabinet.database)
  await shop.cabinet.database.sql(
    `insert into payments.policy (name, version, value, valid_from) values ('acquirer.pauseSeconds', 2, '1', '2000-01-01')`,
  )
  supervisor = await shop.cabinet.staffToken('supervisor')
})

afterAll(() => shop.close())

/** Each test has a line with 100.00 that 150.00 came onto by card. */
beforeEach(async () => {
  const number = ++lines
  owner = await insertAccount(shop.cabinet.database, { number })
  line = await insertLine(shop.cabinet.database, { number, ownerId: owner, kopecks: 10_000n })
  token = await shop.cabinet.accountToken(owner)
  const input = { lineId: line, amount: '150.00', returnUrl: RETURN_URL, idempotencyKey: newId() }
  const { payment } = await shop.send('top-up', { input }, token)
  paymentId = payment.id
  await payOnPage(await shop.confirmationUrl(line, paymentId, token))
  await vi.waitFor(async () => expect(await status()).toBe('SUCCEEDED'), PATIENCE)
})

const status = async () => (await shop.send('payment', { lineId: line, id: paymentId }, token)).status
/** Asks again with the same key, as clients do, until it is known what came of it. */
const refund = (wish: object = {}) => {
  const input = { lineId: line, paymentId, idempotencyKey: newId(), ...wish }
  return vi.waitFor(async () => {
    const result = await shop.send('refund-payment', { input }, supervisor)
    expect(result.refund?.status).not.toBe('PENDING')
    return result
  }, PATIENCE)
}
const ours = () =>
  [...shop.acquirer.bank.refunds.values()].filter(
    (one) => shop.acquirer.bank.payments.get(one.paymentId)?.metadata['line_id'] === line,
  )
const reasons = async (input: object) => (await refund(input)).reasons?.map(({ code }: { code: string }) => code)

describe('a refund of a top-up', () => {
  it('takes the money off the line and gives it back to the card, in parts and then whole', async () => {
    expect(await refund({ amount: '50.00' })).toMatchObject({
      __typename: 'RefundPaymentSuccess',
      refund: { status: 'SUCCEEDED', amount: { amount: '50.00' } },
      payment: { id: paymentId, status: 'SUCCEEDED' },
    })
    expect(await shop.balance(line)).toEqual({ posted: 20_000, reserved: 0 })
    expect(await refund()).toMatchObject({ refund: { amount: { amount: '100.00' } }, payment: { status: 'REFUNDED' } })
    expect(await shop.balance(line)).toEqual({ posted: 10_000, reserved: 0 })
    expect(ours().map(({ amount }) => amount)).toEqual([5_000, 10_000])
    expect(await reasons({ amount: '0.01' })).toEqual(['PAYMENT_NOT_PAID'])
  })

  it('is written into the audit trail with who gave it and why', async () => {
    await refund({ amount: '1.00' })
    await vi.waitFor(async () => {
      const acts = await shop.cabinet.database.sql(
        `select line_id, actor, reason from accounts.act where account_id = $1 and kind = 'PAYMENT_REFUND_BEGUN'`,
        [owner],
      )
      expect(acts).toEqual([{ line_id: line, actor: 'staff:tester', reason: 'a test' }])
    }, PATIENCE)
  })

  it('is told to whose money went back, once', async () => {
    await refund({ amount: '50.00' })
    const texts = async () =>
      (await shop.send('notices', {}, token)).notices.nodes.map(({ text }: { text: string }) => text)
    await expect
      .poll(texts, PATIENCE)
      .toEqual([
        'Возврат на 50,00 ₽ отправлен на карту, с которой пополняли номер.',
        'Номер пополнен картой на 150,00 ₽.',
      ])
  })

  it('is one refund of one key, and of twenty at once no more goes back than was paid', async () => {
    const idempotencyKey = newId()
    const first = await refund({ amount: '20.00', idempotencyKey })
    expect((await refund({ amount: '20.00', idempotencyKey })).refund.id).toBe(first.refund.id)
    expect(await refund({ amount: '21.00', idempotencyKey })).toMatchObject({ __typename: 'IdempotencyKeyReusedError' })
    const many = await Promise.all(Array.from({ length: 20 }, () => refund({ amount: '20.00' })))
    expect(many.filter(({ __typename }) => __typename === 'RefundPaymentSuccess')).toHaveLength(6)
    expect(await shop.balance(line)).toEqual({ posted: 11_000, reserved: 0 })
    expect(ours()).toHaveLength(7)
  })

  it('is refused for more than was paid, for money that is spent, and with all that stands against it', async () => {
    expect(await reasons({ amount: '150.01' })).toEqual(['MORE_THAN_PAID'])
    await shop.cabinet.database.sql(
      `insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
       values ($1, $2, 'KOPECK', 20000, 'PURCHASE', 'spent', now(), now() + interval '1 day')`,
      [line, newId()],
    )
    expect(await reasons({ amount: '50.01' })).toEqual(['MONEY_IS_SPENT'])
    expect(await reasons({ amount: '999.00' })).toEqual(['MORE_THAN_PAID', 'MONEY_IS_SPENT'])
    expect(await refund({ amount: '50.00' })).toMatchObject({ refund: { status: 'SUCCEEDED' } })
    expect(await refund({ amount: '0.00' })).toMatchObject({ __typename: 'InvalidAmountError' })
    expect(await refund({ paymentId: newId() })).toMatchObject({ __typename: 'PaymentNotFoundError' })
    expect(ours()).toHaveLength(1)
  })

  it('that the acquirer cannot do leaves the money on the line', async () => {
    expect(await refund({ amount: '50.17' })).toMatchObject({ refund: { status: 'FAILED' } })
    expect(await shop.balance(line)).toEqual({ posted: 25_000, reserved: 0 })
    expect(await status()).toBe('SUCCEEDED')
  })

  it('that the acquirer cannot do is told to who is without it', async () => {
    await refund({ amount: '50.17' })
    const texts = async () =>
      (await shop.send('notices', {}, token)).notices.nodes.map(({ text }: { text: string }) => text)
    await expect
      .poll(texts, PATIENCE)
      .toContain('Вернуть на карту 50,17 ₽ не получилось: банк отказал. Деньги остались на номере.')
  })

  it.each([
    ['done and not answered', '50.13'],
    ['lost on the way', '50.14'],
  ])('that was %s is asked for again until it is known, and goes back once', async (_, amount) => {
    expect(await refund({ amount })).toMatchObject({ __typename: 'RefundPaymentSuccess' })
    const value = Math.round(Number(amount) * 100)
    await vi.waitFor(
      async () => expect(await shop.balance(line)).toEqual({ posted: 25_000 - value, reserved: 0 }),
      PATIENCE,
    )
    expect(ours()).toHaveLength(1)
  })

  it('is for supervisors only', async () => {
    for (const other of [token, await shop.cabinet.staffToken('consultant')]) {
      const input = { lineId: line, paymentId, idempotencyKey: newId() }
      await expect(shop.send('refund-payment', { input }, other)).rejects.toThrow('FORBIDDEN')
    }
  })
})
