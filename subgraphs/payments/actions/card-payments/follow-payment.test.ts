import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { payOnPage } from '../../../../cli/testing/payment-page.ts'
import type { Acquirer, Span } from '../../../../platform/acquirer/acquirer.ts'
import { kopecks } from '../../../../platform/money.ts'
import { lockCardPayment } from '../../store/card-payments.ts'
import {
  askAtOnce,
  type CardWorld,
  hoursOn,
  misled,
  momentOf,
  openCardWorld,
  RETURN_URL,
} from '../../testing/card-world.ts'
import { askAgain, askForMoney } from './ask-acquirer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { followPayment } from './follow-payment.ts'

let world: CardWorld

beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.close())
beforeEach(() => world.begin())

const theirs = () =>
  [...world.standIn.bank.payments.values()].filter(({ metadata }) => metadata['line_id'] === world.lineId)
const posted = async () => (await world.balance()).posted

/** Pays on the page with a card that is kept, within the first hour. Gives the card's token. */
async function saveCard(): Promise<string> {
  const id = await world.beginTopUp()
  await world.liveUntil(hoursOn(0.1))
  await payOnPage((await world.payment(id))?.confirmation_url ?? '', 'success')
  await world.liveUntil(hoursOn(1))
  return [...world.standIn.bank.methods.keys()].at(-1) ?? ''
}

/** Asks for payments, and hears nothing. */
function deafTo(acquirer: Acquirer | null): CardDependencies {
  return {
    ...world.dependencies,
    acquirer: acquirer && {
      ...acquirer,
      createPayment: async (...args) => {
        await acquirer.createPayment(...args)
        return { kind: 'unknown', cause: 'timeout' }
      },
    },
  }
}

describe('the job that follows a payment', () => {
  it('asks with growing pauses while the acquirer is away, and goes on where it was when it is back', async () => {
    world.isAway = true
    const id = await world.beginTopUp()
    // 15 s, 30 s, a minute, …: not every second for an hour.
    expect(await world.liveUntil(hoursOn(0.9))).toBeLessThan(10)
    expect(theirs()).toHaveLength(0)
    world.isAway = false
    await world.liveUntil(hoursOn(1.1))
    expect(await world.payment(id)).toMatchObject({
      status: 'PENDING',
      confirmation_url: expect.stringMatching(/^http/),
    })
    expect(theirs()).toHaveLength(1)
  })

  it('says that the time is over, and credits what the acquirer took in its last minute all the same', async () => {
    const id = await world.beginTopUp()
    await world.liveUntil(hoursOn(1))
    const url = (await world.payment(id))?.confirmation_url ?? ''
    await world.liveUntil(hoursOn(4))
    expect(await world.payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    await payOnPage(url, 'success')
    await world.liveUntil(hoursOn(6))
    expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED', failure: null })
    expect(await posted()).toBe(25_000)
    expect(world.jobs).toEqual([])
  })

  it('never asks for money after the time to pay, though nobody knows whether it was asked for before', async () => {
    const token = await saveCard()
    world.isAway = true
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    await world.liveUntil(hoursOn(30))
    // It is still not known, and the customer is not told what is not known.
    expect(await world.payment(id)).toMatchObject({ status: 'PENDING' })
    world.isAway = false
    await world.liveUntil(hoursOn(33))
    expect(await world.payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    expect(theirs()).toHaveLength(1)
    expect(await posted()).toBe(25_000)
  })

  it('finds in the acquirer’s list, after its key is forgotten, what had come through unheard', async () => {
    const token = await saveCard()
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const [job] = world.jobs.splice(0)
    world.now = new Date(job ? momentOf(job) : world.now)
    await followPayment(deafTo(world.dependencies.acquirer), job?.data)
    expect(await world.payment(id)).toMatchObject({ status: 'PENDING' })
    world.isAway = true
    await world.liveUntil(hoursOn(40))
    world.standIn.bank.keys.clear()
    world.isAway = false
    await world.liveUntil(hoursOn(43))
    expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(theirs()).toHaveLength(2)
    expect(await posted()).toBe(40_000)
  })

  it('finds it though the shop has payments in other money, which are none of ours', async () => {
    const token = await saveCard()
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const slow = misled(world, async () => ({ kind: 'unknown', cause: 'timeout' }))
    await askForMoney(slow.dependencies, { lineId: world.lineId, paymentId: id })
    await slow.arrive()
    const { payments, keys } = world.standIn.bank
    const ours = theirs().at(-1)
    if (ours) payments.set('strange', { ...ours, id: 'strange', currency: 'AMD', metadata: {} })
    keys.clear()
    world.now = hoursOn(40)
    expect(await askAgain(world.dependencies, { lineId: world.lineId, paymentId: id })).toBe('ended')
    expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('asks once a day after days, until the acquirer is back: its answer counts then, too', async () => {
    const token = await saveCard()
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const [job] = world.jobs.splice(0)
    world.now = new Date(job ? momentOf(job) : world.now)
    await followPayment(deafTo(world.dependencies.acquirer), job?.data)
    world.isAway = true
    await world.liveUntil(hoursOn(24 * 8))
    const asked = await world.liveUntil(hoursOn(24 * 30))
    expect(asked).toBe(22)
    expect(await world.payment(id)).toMatchObject({ status: 'PENDING' })
    world.standIn.bank.keys.clear()
    world.isAway = false
    await world.liveUntil(hoursOn(24 * 31))
    expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await posted()).toBe(40_000)
    expect(world.jobs).toEqual([])
  })

  it('says that the time is over when the acquirer has another amount, and is told of once a day', async () => {
    const token = await saveCard()
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const { acquirer } = world.dependencies
    const another: CardDependencies = {
      ...world.dependencies,
      acquirer: acquirer && {
        ...acquirer,
        createPayment: (payment, key) => {
          const amount = { ...payment.amount, kopecks: kopecks(payment.amount.kopecks + 1n) }
          return acquirer.createPayment({ ...payment, amount }, key)
        },
      },
    }
    expect(await askForMoney(another, { lineId: world.lineId, paymentId: id })).toBe('notOurs')
    await world.liveUntil(hoursOn(4))
    expect(await world.payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    await world.liveUntil(hoursOn(24 * 8.5))
    expect(await world.liveUntil(hoursOn(24 * 18.5))).toBe(10)
    expect(await world.payment(id)).toMatchObject({ status: 'FAILED', failure: 'EXPIRED' })
    expect(await posted()).toBe(25_000)
  })

  it('that is done by two processes at once leaves one job after it', async () => {
    world.isAway = true
    await world.beginTopUp()
    const [job] = world.jobs.splice(0)
    world.now = new Date(job ? momentOf(job) : world.now)
    await Promise.all([1, 2].map(() => followPayment(world.dependencies, job?.data)))
    expect(world.jobs).toHaveLength(1)
  })

  it('does not take for nothing what was asked for a moment before the time to pay was over', async () => {
    const token = await saveCard()
    world.isAway = true
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    const key = { lineId: world.lineId, paymentId: id }
    const minutesOn = (minutes: number) => new Date(hoursOn(1).getTime() + minutes * 60_000)
    world.now = minutesOn(69.9)
    const slow = misled(world, async () => ({ kind: 'unknown', cause: 'timeout' }))
    expect(await askAgain(slow.dependencies, key)).toBe('unknown')
    world.isAway = false
    world.now = minutesOn(70.5)
    expect(await askAgain(world.dependencies, key)).toBe('unknown')
    expect(await world.payment(id)).toMatchObject({ status: 'PENDING' })
    await slow.arrive()
    world.now = minutesOn(76)
    expect(await askAgain(world.dependencies, key)).toBe('ended')
    expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('reads of the acquirer’s list no more than the time in which it was asked', async () => {
    const token = await saveCard()
    const { acquirer } = world.dependencies
    world.isAway = true
    const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
    world.now = hoursOn(24 * 20)
    const spans: Span[] = []
    const watched: CardDependencies = {
      ...world.dependencies,
      acquirer: acquirer && {
        ...acquirer,
        listPayments: async (span) => {
          spans.push(span)
          return { kind: 'unknown', cause: 'timeout' }
        },
      },
    }
    await askAgain(watched, { lineId: world.lineId, paymentId: id })
    expect(spans.map(({ from, before }) => (before.getTime() - from.getTime()) / 60_000)).toEqual([70 + 2 * 10])
  })
})

describe('two who ask for one payment at the same moment', () => {
  it.each([
    { refused: 'first', ask: askForMoney },
    { refused: 'second', ask: askForMoney },
    { refused: 'first', ask: askAgain },
    { refused: 'second', ask: askAgain },
  ] as const)(
    'do not end it when $ask.name of the $refused is refused and the other’s is on its way',
    async ({ refused, ask }) => {
      const token = await saveCard()
      const id = await world.beginTopUp({ kind: 'SAVED_CARD', token, returnUrl: RETURN_URL })
      const key = { lineId: world.lineId, paymentId: id }
      const { outcomes, arrive } = await askAtOnce(world, {
        lock: (trx) => lockCardPayment(trx, key),
        ask: (dependencies) => ask(dependencies, key),
        refused,
      })
      expect(outcomes).toEqual(['unknown', 'unknown'])
      await arrive()
      await world.liveUntil(hoursOn(48))
      expect(await world.payment(id)).toMatchObject({ status: 'SUCCEEDED' })
      expect(await posted()).toBe(40_000)
      expect(theirs()).toHaveLength(2)
    },
  )
})
