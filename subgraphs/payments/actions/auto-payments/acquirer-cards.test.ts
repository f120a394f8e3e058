import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId } from '../../../../cli/testing/fixture.ts'
import { payOnPage } from '../../../../cli/testing/payment-page.ts'
import { listCards } from '../../store/cards.ts'
import { beginPayment } from '../../store/payments.ts'
import { type CardWorld, hoursOn, openCardWorld } from '../../testing/card-world.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { createAcquirerCards } from './acquirer-cards.ts'
import type { CardCharge } from './saved-cards.ts'

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

describe('a charge of a saved card', () => {
  it('that is asked for hours after it was begun is not given up while its first request is on its way', async () => {
    const charge = await begin()
    const ask = { ...world.dependencies.ask, 'linked-numbers': async () => ({ numberOfLine: '+79160000001' }) }
    const { acquirer } = world.dependencies
    /** The first request arrives when nobody waits for it any more. */
    let arrive = async (): Promise<unknown> => undefined
    const slow: CardDependencies = {
      ...world.dependencies,
      ask,
      acquirer: acquirer && {
        ...acquirer,
        createPayment: async (...args) => {
          arrive = () => acquirer.createPayment(...args)
          return { kind: 'unknown', cause: 'timeout' }
        },
      },
    }
    world.now = hoursOn(4)
    expect(await createAcquirerCards(slow).charge(charge)).toEqual({ kind: 'unknown' })
    world.now = new Date(hoursOn(4).getTime() + 10_000)
    expect(await createAcquirerCards(slow).charge(charge)).toEqual({ kind: 'unknown' })
    await arrive()
    world.now = hoursOn(5)
    expect(await createAcquirerCards({ ...world.dependencies, ask }).charge(charge)).toMatchObject({
      kind: 'succeeded',
    })
    expect(theirs(charge.paymentId)).toHaveLength(1)
  })
})
