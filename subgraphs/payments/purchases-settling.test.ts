import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { MerchantAnswer, Merchants } from '../../platform/merchants/merchants.ts'
import { noSavedCards } from './actions/auto-payments/saved-cards.ts'
import { settleByHand } from './actions/purchases/settle-by-hand.ts'
import { createPurchaseSettling, type PurchaseSettling } from './actions/purchases/settle-purchases.ts'
import { type MerchantWorld, openMerchantWorld } from './testing/merchant-world.ts'
import { NOON } from './testing/money-world.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const PATIENCE = { timeout: 30_000, interval: 50 }
const DAY_MS = 86_400_000

describe('merchants that are asked by several processes', () => {
  let world: MerchantWorld
  /** Another process beside the cabinet's own. */
  let worker: Worker
  let other: PurchaseSettling
  let logged: string[] = []
  /** Of each transaction, how often it was asked about; an answer comes when the test lets it. */
  let asked: string[] = []
  let answer: (said: MerchantAnswer) => void = () => undefined

  beforeAll(async () => {
    world = await openMerchantWorld()
    const clock = { now: () => world.clock.now }
    const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
    worker = createWorker({ database: world.cabinet.database, clock, savedCards: noSavedCards, logger })
    other = createPurchaseSettling({ ...worker.dependencies, merchants: world.merchants })
  })
  beforeEach(() => {
    world.begin()
    logged = []
    asked = []
  })
  afterAll(async () => {
    await worker.close()
    await world.close()
  })

  /** The water company hangs; the others are asked as ever. */
  function hang(): void {
    const said = new Promise<MerchantAnswer>((resolve) => {
      answer = resolve
    })
    const pay: Merchants['pay'] = (payment) => {
      if (payment.merchantId !== 'water') return world.standIn.merchants.pay(payment)
      asked.push(payment.transactionId)
      return said
    }
    world.wrapped = { pay }
  }
  const goOn = (ms: number) => {
    world.clock.now = new Date(world.clock.now.getTime() + ms)
  }

  it('hold up nobody but themselves when they hang', async () => {
    hang()
    const from = await world.line(500_000n)
    for (let count = 0; count < 7; count++) await world.buy(from)
    await expect.poll(() => asked.length, PATIENCE).toBe(5)
    const parking = await world.buy(from, { merchantId: 'parking', reference: 'А123ВС77' })
    await expect.poll(() => world.statusOf(parking), PATIENCE).toMatchObject({ status: 'SUCCEEDED' })
    expect(asked).toHaveLength(5)
    answer({ kind: 'done' })
    await world.purchasesSettled()
    expect(asked).toHaveLength(7)
  })

  it('are asked of a purchase by one at a time, and by another when that one is gone', async () => {
    hang()
    await world.buy(await world.line(50_000n))
    await expect.poll(() => asked.length, PATIENCE).toBe(1)
    goOn(25_000)
    expect(await other.look()).toBe(0)
    goOn(5_001)
    expect(await other.look()).toBe(1)
    answer({ kind: 'done' })
    await other.settled()
    await world.purchasesSettled()
    expect(logged).toEqual([])
  })

  it('are not asked again at once by whoever hears late that they do not know', async () => {
    hang()
    await world.buy(await world.line(50_000n))
    await expect.poll(() => asked.length, PATIENCE).toBe(1)
    goOn(31_000)
    expect(await other.look()).toBe(1)
    answer({ kind: 'unknown', cause: 'not-finished' })
    await other.settled()
    const [row] = await world.sql<{ at: Date }>(
      'select next_ask_at as at from payments.purchase where not is_over and transaction_id = $1',
      [asked[0] ?? ''],
    )
    // The second pause, from the answer on.
    expect(row?.at).toEqual(new Date(NOON.getTime() + 31_000 + 2_000))
    world.wrapped = {}
    await world.purchasesSettled()
  })

  it('say of one that was given back by hand that they took it: that is told to people', async () => {
    hang()
    const from = await world.line(50_000n)
    await world.buy(from)
    await expect.poll(() => asked.length, PATIENCE).toBe(1)
    // Whoever asked is taken for gone, and its merchant for silent.
    goOn(DAY_MS + 1)
    expect(await other.look()).toBe(1)
    const [transactionId = ''] = asked
    expect(await settleByHand(worker.dependencies, { transactionId, isPaid: false })).toBe(true)
    answer({ kind: 'done' })
    await other.settled()
    expect(logged).toEqual([expect.stringContaining('another end than it had')])
    expect(await world.money(from)).toEqual([50_000n, 0n])
  })
})
