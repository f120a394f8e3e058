import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { payOnPage } from '../../../../cli/testing/payment-page.ts'
import { findCardPayment } from '../../store/card-payments.ts'
import { findCardRefund, lockCardRefund } from '../../store/card-refunds.ts'
import { askAtOnce, type CardWorld, hoursOn, openCardWorld } from '../../testing/card-world.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { takeNotice } from '../card-payments/take-notice.ts'
import { askForRefund } from './ask-refund.ts'
import { beginRefund } from './begin-refund.ts'

let world: CardWorld
let paymentId: string

beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.close())

/** Each test has a line with 250.00, of which a card has paid 150.00. */
beforeEach(async () => {
  await world.begin()
  paymentId = await world.beginTopUp()
  await world.liveUntil(hoursOn(0.1))
  await payOnPage((await world.payment(paymentId))?.confirmation_url ?? '', 'success')
  await world.liveUntil(hoursOn(1))
})

async function begin(amount: bigint): Promise<string> {
  const { lineId, dependencies } = world
  const payment = await findCardPayment(dependencies.db, { lineId, paymentId })
  const wish = { lineId, paymentId, acquirerPaymentId: payment?.acquirer_id ?? '', amount, staffId: 'staff' }
  return dependencies.db
    .transaction()
    .execute((trx) => beginRefund(trx, dependencies, { ...wish, customerPhone: '+79160000001' }))
}

const refund = (refundId: string) => findCardRefund(world.dependencies.db, { lineId: world.lineId, refundId })
const theirs = () => {
  const [theirPayment] = [...world.standIn.bank.payments.values()].filter(
    ({ metadata }) => metadata['payment_id'] === paymentId,
  )
  return [...world.standIn.bank.refunds.values()].filter((one) => one.paymentId === theirPayment?.id)
}
const acts = async () => {
  const rows = await world.database.sql<{ act: string }>(
    `select payload ->> 'act' as act from payments.outbox where payload ->> 'lineId' = $1 and payload ->> 'act' like 'PAYMENT%'`,
    [world.lineId],
  )
  return rows.map(({ act }) => act)
}

describe('a refund that waits at the bank', () => {
  it('keeps its money set aside for as long as it takes, and is paid once when it is done', async () => {
    const id = await begin(5_018n)
    await world.liveUntil(hoursOn(24 * 40))
    // The acquirer has forgotten the key long ago.
    world.standIn.bank.keys.clear()
    await world.liveUntil(hoursOn(24 * 42))
    expect(await refund(id)).toMatchObject({ status: 'PENDING', acquirer_id: theirs()[0]?.id })
    expect(await world.balance()).toEqual({ posted: 25_000, reserved: 5_018 })
    world.standIn.endRefund(theirs()[0]?.id ?? '')
    await world.liveUntil(hoursOn(24 * 44))
    expect(await refund(id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await world.balance()).toEqual({ posted: 19_982, reserved: 0 })
    expect(theirs()).toHaveLength(1)
    expect(world.jobs).toEqual([])
  })

  it('leaves the money on the line when the bank cannot do it after all, and that is told', async () => {
    const id = await begin(5_019n)
    await world.liveUntil(hoursOn(30))
    world.standIn.endRefund(theirs()[0]?.id ?? '')
    await world.liveUntil(hoursOn(33))
    expect(await refund(id)).toMatchObject({ status: 'FAILED', failure: 'INSUFFICIENT_FUNDS' })
    expect(await world.balance()).toEqual({ posted: 25_000, reserved: 0 })
    expect(await acts()).toEqual(['PAYMENT_REFUND_FAILED'])
  })

  it('whose answer was never heard is found in the acquirer’s list while it waits', async () => {
    const id = await begin(5_018n)
    const { acquirer } = world.dependencies
    const deaf: CardDependencies = {
      ...world.dependencies,
      acquirer: acquirer && {
        ...acquirer,
        createRefund: async (...args) => {
          await acquirer.createRefund(...args)
          return { kind: 'unknown', cause: 'timeout' }
        },
      },
    }
    expect(await askForRefund(deaf, { lineId: world.lineId, refundId: id })).toBe('unknown')
    world.isAway = true
    await world.liveUntil(hoursOn(48))
    world.isAway = false
    await world.liveUntil(hoursOn(50))
    expect(await refund(id)).toMatchObject({ status: 'PENDING', acquirer_id: theirs()[0]?.id })
    expect(theirs()).toHaveLength(1)
  })

  it('is ended by a notice of it', async () => {
    const id = await begin(5_018n)
    await askForRefund(world.dependencies, { lineId: world.lineId, refundId: id })
    const [waiting] = theirs()
    const notice = { kind: 'REFUND', id: waiting?.id ?? '', paymentId: waiting?.paymentId ?? '' } as const
    expect(await takeNotice(world.dependencies, notice)).toBe(true)
    expect(await refund(id)).toMatchObject({ status: 'PENDING' })
    world.standIn.endRefund(notice.id)
    expect(await takeNotice(world.dependencies, { ...notice, paymentId: 'another' })).toBe(true)
    expect(await refund(id)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

describe('a refund of which the acquirer has another than was asked for', () => {
  it.each([{ amount: 1_018 }, { currency: 'USD' }, { paymentId: 'another' }])(
    'such as %j moves no money, and keeps it set aside until that is put right',
    async (oddity) => {
      const id = await begin(5_018n)
      const { bank } = world.standIn
      const { acquirer } = world.dependencies
      const odd: CardDependencies = {
        ...world.dependencies,
        acquirer: acquirer && {
          ...acquirer,
          createRefund: async (...args) => {
            await acquirer.createRefund(...args)
            const made = theirs()[0]
            if (made) bank.refunds.set(made.id, { ...made, ...oddity })
            return acquirer.findRefund(made?.id ?? '')
          },
        },
      }
      expect(await askForRefund(odd, { lineId: world.lineId, refundId: id })).toBe('unknown')
      const made = [...bank.refunds.values()].at(-1)
      if (made) bank.refunds.set(made.id, { ...made, status: 'succeeded' })
      bank.keys.clear()
      await world.liveUntil(hoursOn(72))
      expect(await refund(id)).toMatchObject({ status: 'PENDING' })
      expect(await world.balance()).toEqual({ posted: 25_000, reserved: 5_018 })
      const paid = [...bank.payments.values()].find(({ metadata }) => metadata['payment_id'] === paymentId)
      const right = { status: 'succeeded', amount: 5_018, currency: 'RUB', paymentId: paid?.id ?? '' } as const
      if (made) bank.refunds.set(made.id, { ...made, ...right })
      await world.liveUntil(hoursOn(75))
      expect(await refund(id)).toMatchObject({ status: 'SUCCEEDED' })
      expect(await world.balance()).toEqual({ posted: 19_982, reserved: 0 })
    },
  )
})

describe('a refund that the acquirer never got', () => {
  it('is given up when its key is forgotten and what was sent has arrived, and not before', async () => {
    const id = await begin(5_000n)
    world.isAway = true
    await world.liveUntil(hoursOn(48))
    expect(await refund(id)).toMatchObject({ status: 'PENDING' })
    world.isAway = false
    await world.liveUntil(hoursOn(50))
    expect(await refund(id)).toMatchObject({ status: 'FAILED', failure: 'NOT_ACCEPTED' })
    expect(theirs()).toEqual([])
    expect(await acts()).toEqual(['PAYMENT_REFUND_FAILED'])
  })
})

describe('two who ask for one refund at the same moment', () => {
  it.each(['first', 'second'] as const)(
    'do not end it by the refusal of the %s while the other’s request is on its way',
    async (refused) => {
      const refundId = await begin(5_000n)
      const key = { lineId: world.lineId, refundId }
      const { outcomes, arrive } = await askAtOnce(world, {
        lock: (trx) => lockCardRefund(trx, key),
        ask: (dependencies) => askForRefund(dependencies, key),
        refused,
      })
      expect(outcomes).toEqual(['unknown', 'unknown'])
      expect(await world.balance()).toEqual({ posted: 25_000, reserved: 5_000 })
      await arrive()
      await world.liveUntil(hoursOn(48))
      expect(await refund(refundId)).toMatchObject({ status: 'SUCCEEDED' })
      expect(await world.balance()).toEqual({ posted: 20_000, reserved: 0 })
      expect(theirs()).toHaveLength(1)
    },
  )
})
