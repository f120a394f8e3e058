import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Acquirer } from '../platform/acquirer/acquirer.ts'
import { systemClock } from '../platform/clock.ts'
import { createNewId } from '../platform/ids.ts'
import { type CardShop, openCardShop, RETURN_URL } from './testing/card-shop.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { payOnPage } from './testing/payment-page.ts'

const PATIENCE = { timeout: 40_000, interval: 50 }
const newId = createNewId(systemClock)

/** What ends with the process, at which step, before the next one is done. Once for each that is named here. */
let deaths: ('beforeAsking' | 'afterAsking')[] = []

/** A process that dies at the acquirer's door leaves what it has committed, and nothing after. */
function dying(acquirer: Acquirer): Acquirer {
  const through = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    const death = deaths.shift()
    if (death === 'beforeAsking') throw new Error('the process died before it asked')
    const answer = await ask()
    if (death === 'afterAsking') throw new Error('the process died before it heard')
    return answer
  }
  return {
    ...acquirer,
    createPayment: (...args) => through(() => acquirer.createPayment(...args)),
    findPayment: (...args) => through(() => acquirer.findPayment(...args)),
    createRefund: (...args) => through(() => acquirer.createRefund(...args)),
  }
}

let shop: CardShop
let lines = 0
let line: string
let token: string

beforeAll(async () => {
  shop = await openCardShop({ wrapAcquirer: dying })
  await insertCatalogue(shop.cabinet.database)
  await shop.cabinet.database.sql(
    `insert into payments.policy (name, version, value, valid_from) values ('acquirer.pauseSeconds', 2, '1', '2000-01-01')`,
  )
})

afterAll(() => shop.close())

beforeEach(async () => {
  deaths = []
  const number = ++lines
  const owner = await insertAccount(shop.cabinet.database, { number })
  line = await insertLine(shop.cabinet.database, { number, ownerId: owner, kopecks: 10_000n })
  token = await shop.cabinet.accountToken(owner)
})

async function begin(idempotencyKey = newId()) {
  const input = { lineId: line, amount: '150.00', returnUrl: RETURN_URL, idempotencyKey }
  return (await shop.send('top-up', { input }, token)).payment
}
const payment = (id: string) => shop.send('payment', { lineId: line, id }, token)
const theirs = () => [...shop.acquirer.bank.payments.values()].filter(({ metadata }) => metadata['line_id'] === line)
const becomes = (id: string, status: string) =>
  vi.waitFor(async () => expect(await payment(id)).toMatchObject({ status }), PATIENCE)
describe('a process that dies', { timeout: 120_000 }, () => {
  it.each(['beforeAsking', 'afterAsking'] as const)(
    'at the first request to the acquirer, %s, leaves a payment that is seen through',
    async (death) => {
      deaths = [death, death]
      const { id, confirmationUrl } = await begin()
      expect(confirmationUrl).toBeNull()
      await payOnPage(await shop.confirmationUrl(line, id, token))
      await becomes(id, 'SUCCEEDED')
      expect((await shop.balance(line)).posted).toBe(25_000)
      expect(theirs()).toHaveLength(1)
    },
  )

  it('when it hears that it was paid, credits once all the same', async () => {
    const { id } = await begin()
    const confirmationUrl = await shop.confirmationUrl(line, id, token)
    // The notice, its repetition and the job.
    deaths = ['afterAsking', 'beforeAsking', 'afterAsking']
    await payOnPage(confirmationUrl)
    await becomes(id, 'SUCCEEDED')
    expect((await shop.balance(line)).posted).toBe(25_000)
  })

  it('between the credit and the end of its transaction, has credited nothing, and then once', async () => {
    const { id } = await begin()
    const confirmationUrl = await shop.confirmationUrl(line, id, token)
    const { database } = shop.cabinet
    await database.sql(`
      create function payments.die() returns trigger language plpgsql as $$
        begin raise exception 'the process died in its transaction'; end $$`)
    await database.sql(`
      create trigger dies before update on payments.payment for each row
      when (new.status = 'SUCCEEDED') execute function payments.die()`)
    await payOnPage(confirmationUrl)
    await shop.acquirer.settled()
    expect([(await payment(id)).status, (await shop.balance(line)).posted]).toEqual(['PENDING', 10_000])
    await database.sql('drop trigger dies on payments.payment')
    await becomes(id, 'SUCCEEDED')
    expect((await shop.balance(line)).posted).toBe(25_000)
    await database.sql('drop function payments.die()')
  })

  it('at a refund, leaves its money set aside until it has gone back, once', async () => {
    const { id } = await begin()
    await payOnPage(await shop.confirmationUrl(line, id, token))
    await becomes(id, 'SUCCEEDED')
    deaths = ['afterAsking']
    const input = { lineId: line, paymentId: id, amount: '60.00', idempotencyKey: newId() }
    await shop.send('refund-payment', { input }, await shop.cabinet.staffToken('supervisor'))
    await vi.waitFor(async () => expect(await shop.balance(line)).toEqual({ posted: 19_000, reserved: 0 }), PATIENCE)
    expect(shop.acquirer.bank.payments.get(theirs()[0]?.id ?? '')?.refunded).toBe(6_000)
  })
})
