import { afterAll, beforeAll, expect, it } from 'vitest'
import { earnPointsOf } from './actions/bonus/earn-points.ts'
import { createCardsInMemory } from './testing/cards-in-memory.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'
import { createWorker, type Worker } from './testing/worker.ts'

/** What comes to cost another amount half a second after it was read. */
const CHANGED = {
  'liveBalance.dailyFeeKopecks': '500',
  'promisedPayment.feeKopecks': '900',
  'transfer.feeKopecks': '900',
  'bonus.kopecksPerPoint': '100',
}

let world: MoneyWorld
let worker: Worker

beforeAll(async () => {
  world = await openMoneyWorld()
  const clock = { now: () => world.clock.now }
  worker = createWorker({ database: world.cabinet.database, clock, savedCards: createCardsInMemory() })
  const begins = new Date(NOON.getTime() + 10_500)
  for (const [name, value] of Object.entries(CHANGED)) {
    await world.sql('insert into payments.policy values ($1, 2, $2, $3)', [name, value, begins])
  }
})
afterAll(async () => {
  await worker.close()
  await world.close()
})

it('names the version by which an amount was found, even where another has begun since it was read', async () => {
  const [line, to] = [await world.line(100_000n), await world.line(0n)]
  const token = await world.tokenOf(line)
  await worker.spend(line.id, 10_000n)
  world.clock.now = new Date(NOON.getTime() + 10_000)
  await Promise.all([world.run('live-balance', { lineId: line.id }, token), worker.dependencies.policies.current()])

  world.clock.now = new Date(NOON.getTime() + 10_600)
  const key = (idempotencyKey: string) => ({ lineId: line.id, idempotencyKey })
  await world.run('enable-live-balance', { input: { ...key('live'), dailyFee: '1.00' } }, token)
  await takePromise(to)
  const wish = { fromLineId: line.id, toPhone: to.phone, amount: '100.00' }
  const { quote } = await world.run('quote-transfer', { input: wish }, token)
  const confirmed = { quoteId: quote.id, idempotencyKey: 'transfer' }
  await world.run('confirm-transfer', { input: confirmed }, token)
  await earnPointsOf(worker.dependencies, line.id)
  await world.settled()
  expect(
    await world.sql(
      `select policy_name, policy_version, (select min(amount)::int from payments.ledger_entry as entry
         where entry.line_id = cause.line_id and entry.transaction_id = cause.id) as amount
       from payments.ledger_transaction as cause where policy_name is not null order by policy_name`,
    ),
  ).toEqual([
    { policy_name: 'bonus.kopecksPerPoint', policy_version: 1, amount: 20 },
    { policy_name: 'liveBalance.dailyFeeKopecks', policy_version: 1, amount: 100 },
    { policy_name: 'promisedPayment.feeKopecks', policy_version: 1, amount: 700 },
    { policy_name: 'transfer.feeKopecks', policy_version: 1, amount: 700 },
  ])
})

async function takePromise(line: TestLine): Promise<void> {
  const input = { lineId: line.id, amount: '200.00', idempotencyKey: 'promise' }
  await world.run('take-promised-payment', { input }, await world.tokenOf(line))
}
