import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId } from '../../../../cli/testing/fixture.ts'
import { payOnPage } from '../../../../cli/testing/payment-page.ts'
import type { Acquirer, AcquirerAnswer, CardPayment } from '../../../../platform/acquirer/acquirer.ts'
import { createYooKassa } from '../../../../platform/acquirer/yookassa-client.ts'
import { kopecks } from '../../../../platform/money.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { findCardPayment } from '../../store/card-payments.ts'
import { listCards } from '../../store/cards.ts'
import { beginPayment } from '../../store/payments.ts'
import { type CardWorld, hoursOn, openCardWorld } from '../../testing/card-world.ts'
import { takeNotice } from '../card-payments/take-notice.ts'
import { askForRefund } from '../refunds/ask-refund.ts'
import { beginRefund } from '../refunds/begin-refund.ts'
import { createAcquirerCards } from './acquirer-cards.ts'
import type { CardAnswer, CardCharge } from './saved-cards.ts'

let world: CardWorld

beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.close())
beforeEach(() => world.begin())

const theirs = (paymentId: string) =>
  [...world.standIn.bank.payments.values()].filter(({ metadata }) => metadata['payment_id'] === paymentId)

/** An automatic payment by a card that was kept, of which nobody has asked yet. */
async function begin(): Promise<CardCharge> {
  const { db, newId } = world.dependencies
  const id = await world.beginTopUp()
  await world.liveUntil(hoursOn(0.1))
  await payOnPage((await world.payment(id))?.confirmation_url ?? '', 'success')
  await world.liveUntil(hoursOn(1))
  const [card] = await listCards(db, accountId(1))
  const [lineId, paymentId] = [world.lineId, newId()]
  const of = { lineId, accountId: accountId(1), amount: 10_000n }
  await db
    .transaction()
    .execute((trx) => beginPayment(trx, { ...of, id: paymentId, kind: 'AUTO_TOP_UP', at: world.now, details: {} }))
  return { ...of, paymentId, idempotenceKey: paymentId, cardId: card?.id ?? '' }
}

/** Charges by an acquirer that may be another than the world's, for a line with a telephone, unless it is closed. */
function chargeBy(
  acquirer: Acquirer | null,
  charge: CardCharge,
  numberOfLine: string | null = '+79160000001',
): Promise<CardAnswer> {
  const ask = { ...world.dependencies.ask, 'linked-numbers': async () => ({ numberOfLine }) }
  return createAcquirerCards({ ...world.dependencies, ask, acquirer }).charge(charge)
}

/** The world's acquirer, which is asked for payments in another way. */
function askedBy(
  createPayment: (acquirer: Acquirer, ...args: Parameters<Acquirer['createPayment']>) => Answer,
): Acquirer {
  const { acquirer } = world.dependencies
  if (acquirer === null) throw new Error('the world has an acquirer')
  return { ...acquirer, createPayment: (...args) => createPayment(acquirer, ...args) }
}

type Answer = ReturnType<Acquirer['createPayment']>

/** Mistakes of our own, and the acquirer as they leave it. */
const MISTAKES: readonly (readonly [string, () => Acquirer | null])[] = [
  [
    'our key is not the acquirer’s',
    () => createYooKassa({ url: world.standIn.apiUrl, shopId: 'shop', secretKey: '?', logger: watchedLogger }),
  ],
  ['our shop may not charge cards alone', () => askedBy(async () => ({ kind: 'refused', code: 'FORBIDDEN' }))],
  ['we name no acquirer', () => null],
]
const UNHEARD: AcquirerAnswer<CardPayment> = { kind: 'unknown', cause: 'timeout' }
const minutesOn = (hours: number, minutes: number) => new Date(hoursOn(hours).getTime() + minutes * 60_000)

describe('a charge of a saved card', () => {
  it('that is asked for hours after it was begun is not given up while its first request is on its way', async () => {
    const charge = await begin()
    /** The first request arrives when nobody waits for it any more. */
    let arrive = async (): Promise<unknown> => undefined
    const slow = askedBy(async (acquirer, ...args) => {
      arrive = () => acquirer.createPayment(...args)
      return UNHEARD
    })
    world.now = hoursOn(4)
    expect(await chargeBy(slow, charge)).toEqual({ kind: 'unknown' })
    world.now = new Date(hoursOn(4).getTime() + 10_000)
    expect(await chargeBy(slow, charge)).toEqual({ kind: 'unknown' })
    await arrive()
    world.now = hoursOn(5)
    expect(await chargeBy(world.dependencies.acquirer, charge)).toMatchObject({ kind: 'succeeded' })
    expect(theirs(charge.paymentId)).toHaveLength(1)
  })

  it('that was credited and then given back has taken its money all the same', async () => {
    const charge = await begin()
    const { lineId, paymentId, amount } = charge
    const { db } = world.dependencies
    const deaf = askedBy(async (acquirer, ...args) => {
      await acquirer.createPayment(...args)
      return UNHEARD
    })
    expect(await chargeBy(deaf, charge)).toEqual({ kind: 'unknown' })
    const acquirerPaymentId = theirs(paymentId)[0]?.id ?? ''
    expect(await takeNotice(world.dependencies, { kind: 'PAYMENT', id: acquirerPaymentId })).toBe(true)
    const wish = { lineId, paymentId, acquirerPaymentId, amount, staffId: 'staff', customerPhone: '+79160000001' }
    const refundId = await db.transaction().execute((trx) => beginRefund(trx, world.dependencies, wish))
    expect(await askForRefund(world.dependencies, { lineId, refundId })).toBe('ended')
    expect(await findCardPayment(db, charge)).toMatchObject({ status: 'REFUNDED' })
    expect(await chargeBy(world.dependencies.acquirer, charge)).toEqual({ kind: 'succeeded', acquirerPaymentId })
  })

  it.each(MISTAKES)('is not refused by the card when %s, and made when that is mended', async (_, wrong) => {
    const charge = await begin()
    for (let time = 0; time < 2; time++) {
      expect(await chargeBy(wrong(), charge)).toEqual({ kind: 'unknown' })
      world.now = minutesOn(1, 10 * (time + 1))
    }
    expect(await chargeBy(world.dependencies.acquirer, charge)).toMatchObject({ kind: 'succeeded' })
    expect(theirs(charge.paymentId)).toHaveLength(1)
  })

  it('is refused when the acquirer will not take such a request', async () => {
    const charge = await begin()
    const dead = askedBy(async () => ({ kind: 'refused', code: 'INVALID_REQUEST' }))
    expect(await chargeBy(dead, charge)).toEqual({ kind: 'refused', code: 'CARD_REFUSED' })
  })

  it('that never came to be, for as long as it could, is not one that the card refused', async () => {
    const charge = await begin()
    const forbidding = askedBy(async () => ({ kind: 'refused', code: 'FORBIDDEN' }))
    expect(await chargeBy(forbidding, charge)).toEqual({ kind: 'unknown' })
    world.now = hoursOn(4)
    expect(await chargeBy(forbidding, charge)).toEqual({ kind: 'notMade' })
    expect(await world.payment(charge.paymentId)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
  })

  it('by a card whose secret was dropped is refused, and nobody is asked', async () => {
    const charge = await begin()
    await world.database.sql(`update payments.card set token_sealed = 'of another secret'`)
    const refused = { kind: 'refused', code: 'CARD_NOT_USABLE' }
    expect(await chargeBy(world.dependencies.acquirer, charge)).toEqual(refused)
    expect(theirs(charge.paymentId)).toEqual([])
  })

  it('of a line that was closed since is not made, and nobody is asked', async () => {
    const charge = await begin()
    expect(await chargeBy(world.dependencies.acquirer, charge, null)).toEqual({ kind: 'notMade' })
    expect(theirs(charge.paymentId)).toEqual([])
  })

  it('of which the acquirer has another amount is over when its time is, and for people to look at', async () => {
    const charge = await begin()
    const another = askedBy((acquirer, payment, key) => {
      const amount = { ...payment.amount, kopecks: kopecks(payment.amount.kopecks + 1n) }
      return acquirer.createPayment({ ...payment, amount }, key)
    })
    expect(await chargeBy(another, charge)).toEqual({ kind: 'unknown' })
    world.now = hoursOn(4)
    expect(await chargeBy(another, charge)).toEqual({ kind: 'refused', code: 'NOT_AS_ASKED' })
    expect(await world.payment(charge.paymentId)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    expect(theirs(charge.paymentId)).toHaveLength(1)
    expect((await world.balance()).posted).toBe(25_000)
  })
})
