import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ComingCharge } from './charge-source.ts'
import { forecast } from './forecast.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const UNTIL = new Date('2026-12-22T10:00:00Z')
const on = (day: string, amount: bigint): ComingCharge => ({
  lineId: 'a line',
  dueAt: new Date(`2026-${day}T00:00:00Z`),
  kind: amount < 0n ? 'SUBSCRIPTION_FEE' : 'AUTO_PAYMENT',
  name: null,
  amount,
})
const from = (spendable: bigint, ...charges: ComingCharge[]) =>
  forecast({ asOf: NOW, until: UNTIL, spendable }, charges)

describe('a forecast', () => {
  it('takes charges in their order and names the one that finds too little', () => {
    const { charges, runsOutAt, shortfall } = from(10_000n, on('12-15', -7_000n), on('12-01', -5_000n))
    expect(charges.map(({ spendableAfter }) => spendableAfter)).toEqual([5_000n, -2_000n])
    expect(runsOutAt).toEqual(new Date('2026-12-15T00:00:00Z'))
    expect(shortfall).toBe(2_000n)
  })

  it('lasts when the last kopeck covers the last charge', () => {
    expect(from(5_000n, on('12-01', -5_000n))).toMatchObject({ runsOutAt: null, shortfall: 0n })
  })

  it('says that the money has run out where there is a debt', () => {
    expect(from(-1n)).toMatchObject({ runsOutAt: NOW, shortfall: 1n, charges: [] })
  })

  it('does not count on money that comes at the very moment of a charge', () => {
    expect(from(0n, on('12-01', 9_000n), on('12-01', -5_000n))).toMatchObject({
      runsOutAt: new Date('2026-12-01T00:00:00Z'),
      shortfall: 5_000n,
    })
  })

  it('lets a promise end after the payment that ends it', () => {
    const promise = { ...on('12-01', -20_000n), kind: 'PROMISED_PAYMENT_DUE' as const }
    const { charges, runsOutAt } = from(19_300n, promise, on('12-01', 5_000n))
    expect(charges.map(({ spendableAfter }) => spendableAfter)).toEqual([24_300n, 4_300n])
    expect(runsOutAt).toBeNull()
  })

  it('adds up, tells of every charge, and a line topped up by what is missing lasts', () => {
    const charge = fc
      .record({ day: fc.integer({ min: 1, max: 28 }), kopecks: fc.bigInt({ min: -99_999n, max: 99_999n }) })
      .map(({ day, kopecks }) => on(`12-${String(day).padStart(2, '0')}`, kopecks))
    fc.assert(
      fc.property(fc.bigInt({ min: -50_000n, max: 500_000n }), fc.array(charge), (spendable, charges) => {
        const told = from(spendable, ...charges)
        const total = charges.reduce((sum, { amount }) => sum + amount, spendable)
        expect(told.charges).toHaveLength(charges.length)
        expect(told.charges.at(-1)?.spendableAfter ?? spendable).toBe(total)
        expect(told.runsOutAt === null).toBe(told.shortfall === 0n)
        expect(from(spendable + told.shortfall, ...charges).runsOutAt).toBeNull()
        if (told.shortfall > 0n) expect(from(spendable + told.shortfall - 1n, ...charges).runsOutAt).not.toBeNull()
      }),
    )
  })
})
