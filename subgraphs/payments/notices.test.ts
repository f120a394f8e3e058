import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { giveAccess } from '../../cli/testing/fixture.ts'
import { noSavedCards } from './actions/auto-payments/saved-cards.ts'
import { remindOfPromises } from './actions/promised-payments/remind-of-promises.ts'
import { endDuePromises } from './actions/promised-payments/settle-promised-payment.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const HOUR_MS = 3_600_000

describe('people are told of their money', () => {
  let world: MoneyWorld
  let worker: Worker
  let keys = 0
  const newKey = () => `key-${++keys}`

  beforeAll(async () => {
    world = await openMoneyWorld()
    const clock = { now: () => world.clock.now }
    worker = createWorker({ database: world.cabinet.database, clock, savedCards: noSavedCards })
  })
  beforeEach(() => {
    world.clock.now = NOON
  })
  afterAll(async () => {
    await worker.close()
    await world.close()
  })

  async function transfer(from: TestLine, to: TestLine, amount: string, token?: string): Promise<void> {
    const by = token ?? (await world.tokenOf(from))
    const wish = { fromLineId: from.id, toPhone: to.phone, amount }
    const { quote } = await world.run('quote-transfer', { input: wish }, by)
    const confirmation = { quoteId: quote.id, idempotencyKey: newKey() }
    const { __typename } = await world.run('confirm-transfer', { input: confirmation }, by)
    expect(__typename).toBe('ConfirmTransferSuccess')
  }
  const promise = async (line: TestLine) =>
    world.run(
      'take-promised-payment',
      { input: { lineId: line.id, amount: '100.00', idempotencyKey: newKey() } },
      await world.tokenOf(line),
    )
  const later = (hours: number) => {
    world.clock.now = new Date(world.clock.now.getTime() + hours * HOUR_MS)
  }

  it('both of a transfer, each of its own side, with no number and no balance in the text', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(12_300n)]
    await transfer(from, to, '100.00')
    expect(await world.told(from)).toEqual([
      'A transfer of RUB 100.00 was sent. If it was not you, call support at once.',
    ])
    expect(await world.told(to)).toEqual([
      'A transfer of RUB 100.00 has come to the number. See in your cabinet from whom.',
    ])
    expect(await world.told(to, 'ru')).toEqual(['На номер пришёл перевод на 100,00 ₽. От кого — в личном кабинете.'])
  })

  it('by text message too, unless they do not want messages of money', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(0n)]
    for (const { ownerId, phone } of [from, to]) {
      const sql = 'insert into accounts.contact (account_id, phone, confirmed_at) values ($1, $2, now())'
      await world.sql(sql, [ownerId, phone])
    }
    const preference = { category: 'MONEY', channel: 'SMS', isEnabled: false }
    await world.run('set-notification-preference', { input: preference }, await world.tokenOf(to))
    await transfer(from, to, '10.00')
    await world.settled()
    const waiting = () => world.sql('select from accounts.notice where dispatched_at is null')
    await expect.poll(waiting, { timeout: 15_000 }).toEqual([])
    const messages = 'select phone from accounts.message where phone = any($1)'
    expect(await world.sql(messages, [[from.phone, to.phone]])).toEqual([{ phone: from.phone }])
  })

  it('owner and payer of a transfer, where these are two', async () => {
    const [from, to, friend] = [await world.line(50_000n), await world.line(0n), await world.line(0n)]
    await giveAccess(world.cabinet.database, { lineId: from.id, accountId: friend.ownerId, rights: 2 })
    await transfer(from, to, '10.00', await world.tokenOf(friend))
    for (const line of [from, friend])
      expect(await world.told(line)).toEqual([expect.stringMatching(/^A transfer of RUB 10.00 was sent/)])
  })

  it('of a transfer that comes back, and its receiver of nothing', async () => {
    const [from, to] = [await world.line(50_000n), await world.line(0n)]
    await world.sql(`insert into payments.transfer_day (line_id, day, received) values ($1, '2026-11-18', 300000)`, [
      to.id,
    ])
    await transfer(from, to, '10.00')
    const [returned, sent, ...more] = await world.told(from)
    expect(sent).toMatch(/^A transfer of RUB 10.00 was sent/)
    expect(returned).toBe('A transfer of RUB 10.00 could not be credited. The money is back on the number.')
    expect(more).toEqual([])
    expect(await world.told(to)).toEqual([])
  })

  it('of a promised payment: taken, due in a day, and due, each once', async () => {
    const line = await world.line(0n)
    await promise(line)
    const remind = async () => Promise.all(Array.from({ length: 3 }, () => remindOfPromises(worker.dependencies)))
    later(47)
    await remind()
    const taken = 'A promised payment of RUB 100.00 was taken. Top up before 21.11, 12:00 MSK.'
    expect(await world.told(line)).toEqual([taken])
    later(1)
    await remind()
    await remind()
    const soon = 'A promised payment is due soon: 21.11, 12:00 MSK. Top up the number to stay in touch.'
    expect(await world.told(line)).toEqual([soon, taken])
    later(24)
    await endDuePromises(worker.dependencies)
    await remind()
    const due = 'The promised payment is due. If the balance is below zero, top up the number.'
    expect(await world.told(line)).toEqual([soon, taken, due])
  })

  it('of no date for a promised payment that is shorter than the reminder comes before it', async () => {
    await world.sql(
      `insert into payments.policy (name, version, value, valid_from) values ('promisedPayment.termHours', 2, '24', $1)`,
      [NOON],
    )
    later(1)
    const line = await world.line(0n)
    await promise(line)
    await remindOfPromises(worker.dependencies)
    expect(await world.told(line)).toEqual([expect.stringContaining('was taken')])
  })
})
