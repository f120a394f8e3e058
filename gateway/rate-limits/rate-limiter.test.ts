import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { insertAccount } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { silentLogger } from '../../platform/logger.ts'
import type { SpendingLedger, SpendingReport } from '../../platform/spending/spending.ts'
import { networkOf } from './network-of.ts'
import { createRateLimiter } from './rate-limiter.ts'

const LIMITS = { viewerCostPerMinute: 600, addressCostPerMinute: 6_000 }
const ANNA = { viewer: 'anna', address: '203.0.113.7' }

/** A ledger that adds up, forgets nothing, and can be away. */
function createLedger() {
  const levels = new Map<string, number>()
  const told: SpendingReport[] = []
  let isAway = false
  const ledger: SpendingLedger = {
    async tell(reports) {
      if (isAway) throw new Error('away')
      told.push(...reports)
      return reports.map(({ key, spent }) => {
        levels.set(key, (levels.get(key) ?? 0) + spent)
        return levels.get(key) ?? 0
      })
    },
  }
  const setAway = (value: boolean) => {
    isAway = value
  }
  return { ledger, told, setAway }
}

describe('the limits of one gateway', () => {
  let nowMs = 0
  const now = () => nowMs
  beforeEach(() => {
    nowMs = 1_000_000
  })
  const openLimiter = (ledger: SpendingLedger = createLedger().ledger) =>
    createRateLimiter({ limits: LIMITS, ledger, now, logger: silentLogger })

  it('let through what is within them, and say when there is room again', () => {
    const limiter = openLimiter()
    expect(limiter.spend(ANNA, 500)).toBeNull()
    expect(limiter.spend(ANNA, 100)).toBeNull()
    expect(limiter.spend(ANNA, 25)).toEqual({ limit: 'viewer', max: 600, retryAfterSeconds: 3 })
    nowMs += 2_000
    expect(limiter.spend(ANNA, 25)).toEqual({ limit: 'viewer', max: 600, retryAfterSeconds: 1 })
    nowMs += 1_000
    expect(limiter.spend(ANNA, 25)).toBeNull()
  })

  it('charge nothing for what is refused', () => {
    const limiter = openLimiter()
    limiter.spend(ANNA, 600)
    for (let count = 0; count < 100; count++) limiter.spend(ANNA, 600)
    nowMs += 60_000
    expect(limiter.spend(ANNA, 600)).toBeNull()
  })

  it('count an address whoever asks from it, and a person from whatever address', () => {
    const limiter = openLimiter()
    for (let person = 0; person < 10; person++) limiter.spend({ viewer: `person ${person}`, address: 'here' }, 600)
    expect(limiter.spend({ viewer: null, address: 'here' }, 1)).toMatchObject({ limit: 'address' })
    expect(limiter.spend({ viewer: 'person 3', address: 'there' }, 1)).toMatchObject({ limit: 'viewer' })
    expect(limiter.spend({ viewer: null, address: 'there' }, 1)).toBeNull()
  })

  it('tell of nobody who asks for little', async () => {
    const { ledger, told } = createLedger()
    const limiter = openLimiter(ledger)
    limiter.spend(ANNA, 29)
    await limiter.settle()
    expect(told).toEqual([])
    limiter.spend(ANNA, 1)
    await limiter.settle()
    expect(told).toEqual([{ key: 'viewer anna', spent: 30, forgottenPerSecond: 10 }])
  })

  it('are one limit for many gateways', async () => {
    const { ledger } = createLedger()
    const gateways = Array.from({ length: 4 }, () => openLimiter(ledger))
    let through = 0
    for (let round = 0; round < 40; round++) {
      for (const gateway of gateways) {
        if (gateway.spend({ viewer: 'anna', address: null }, 10) === null) through += 10
        await gateway.settle()
      }
    }
    expect(through).toBeGreaterThanOrEqual(600)
    // Each may miss what it has not told, a twentieth, beside its last request.
    expect(through).toBeLessThanOrEqual(600 + 4 * (30 + 10))
  })

  it('tell of everybody, however many, a thousand at a time', async () => {
    const { ledger, told } = createLedger()
    const limiter = openLimiter(ledger)
    for (let number = 0; number < 1_500; number++) limiter.spend({ viewer: `person ${number}`, address: null }, 60)
    await limiter.settle()
    expect(told).toHaveLength(1_000)
    await limiter.settle()
    await limiter.settle()
    expect(new Set(told.map(({ key }) => key)).size).toBe(1_500)
    expect(told).toHaveLength(1_500)
  })

  it('hold without the ledger, and what was spent meanwhile is told when it is back', async () => {
    const { ledger, told, setAway } = createLedger()
    const limiter = openLimiter(ledger)
    setAway(true)
    limiter.spend(ANNA, 400)
    await limiter.settle()
    expect(limiter.spend(ANNA, 300)).toMatchObject({ limit: 'viewer' })
    expect(limiter.spend(ANNA, 100)).toBeNull()
    await limiter.settle()
    setAway(false)
    await limiter.settle()
    expect(told).toContainEqual({ key: 'viewer anna', spent: 500, forgottenPerSecond: 10 })
  })
})

describe('what addresses are counted by', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})

describe('the ledger of accounts', () => {
  let nowMs = Date.parse('2026-11-22T10:00:00Z')
  let cabinet: TestCabinet

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      clock: { now: () => new Date(nowMs) },
      rateLimits: { viewerCostPerMinute: 2_000, addressCostPerMinute: 30_000 },
    })
  })
  afterAll(() => cabinet.close())

  const tell = (key: string, spent: number) =>
    cabinet.subgraphs.accounts.spending.tell([{ key, spent, forgottenPerSecond: 10 }])

  it('adds up what all tell, and forgets it bit by bit', async () => {
    expect(await tell('viewer x', 100)).toEqual([100])
    expect(await tell('viewer x', 50)).toEqual([150])
    nowMs += 5_000
    expect(await tell('viewer x', 0)).toEqual([100])
    nowMs += 3_600_000
    expect(await tell('viewer x', 7)).toEqual([7])
  })

  it('answers in the order of what it was told, and loses nothing of many at once', async () => {
    const reports = Array.from({ length: 20 }, (_, index) => ({
      key: `viewer ${20 - index}`,
      spent: index,
      forgottenPerSecond: 10,
    }))
    await Promise.all(
      [reports, reports.toReversed(), reports].map((each) => cabinet.subgraphs.accounts.spending.tell(each)),
    )
    expect(await cabinet.subgraphs.accounts.spending.tell(reports)).toEqual(reports.map(({ spent }) => spent * 4))
  })

  it('makes a request over the limit a refusal that says which, how much and until when', async () => {
    const query = '{ viewer { lines(first: 100) { nodes { id msisdn alias status } } } }'
    const send = (authorization: string, address: string) =>
      cabinet.gateway.http.inject({
        method: 'POST',
        url: '/graphql',
        remoteAddress: address,
        headers: { authorization },
        payload: { query },
      })
    const token = await cabinet.accountToken(await insertAccount(cabinet.database, { number: 1 }))
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(`Bearer ${token}`, '198.51.100.1')))
    const refused = answers.find(({ statusCode }) => statusCode !== 200)
    expect(refused?.statusCode).toBe(429)
    const retryAfter = Number(refused?.headers['retry-after'])
    expect(retryAfter).toBeGreaterThan(0)
    expect(refused?.json()).toEqual({
      errors: [
        {
          message: expect.stringContaining('the limit is a cost of 2000'),
          extensions: { code: 'RATE_LIMITED', limit: { name: 'viewerCostPerMinute', max: 2_000 }, retryAfter },
        },
      ],
    })
    // Another person, from elsewhere, is not touched by it.
    const other = await cabinet.accountToken(await insertAccount(cabinet.database, { number: 2 }))
    expect((await send(`Bearer ${other}`, '198.51.100.2')).statusCode).toBe(200)
    await expect
      .poll(() => cabinet.database.sql(`select key from accounts.spending where key like '%198.51.100.1'`))
      .toEqual([{ key: 'address 198.51.100.1' }])
  })
})
