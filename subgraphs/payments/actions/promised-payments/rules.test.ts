import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { amountMax, feeOf, lineObstacles, offersOf, type PromiseRequest, promiseObstacles } from './rules.ts'

const TERMS = {
  tiers: [
    { spentMax: 30_000n, amount: 20_000n },
    { spentMax: 50_000n, amount: 40_000n },
    { spentMax: null, amount: 80_000n },
  ],
  amountMin: 100n,
  fee: 700n,
  withoutFee: 3_000n,
  balanceMin: -3_000n,
  newSubscriberDays: 60,
}
const near = (...edges: bigint[]) =>
  fc.tuple(fc.constantFrom(...edges), fc.bigInt(-2n, 2n)).map(([edge, step]) => edge + step)
const anyRequest: fc.Arbitrary<PromiseRequest> = fc.record({
  amount: near(2n, 100n, 700n, 3_000n, 20_000n, 40_000n, 80_000n).map((amount) => (amount > 0n ? amount : 1n)),
  available: near(-3_000n, 0n, 5_000n),
  isUnderReview: fc.boolean(),
  spent: near(2n, 30_000n, 50_000n, 90_000n),
  activeUntil: fc.option(fc.constant(new Date('2026-11-22T10:00:00Z')), { freq: 3 }),
  daysInService: fc.constantFrom(0, 59, 60, 61, 4_000),
  memberLeft: fc.option(near(2n, 700n), { freq: 3 }),
  capReached: fc.constant(null),
  terms: fc.constant(TERMS),
})

describe('the rules of a promised payment', () => {
  it('let through exactly what keeps every term', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { amount, available, spent, activeUntil, daysInService, memberLeft } = request
        const most = [20_000n, 40_000n, 80_000n][Number(spent > 30_000n) + Number(spent > 50_000n)] ?? 0n
        const fee = amount <= 3_000n ? 0n : 700n
        const isWithin =
          amount >= 100n &&
          amount <= most &&
          available >= -3_000n &&
          !request.isUnderReview &&
          activeUntil === null &&
          (daysInService >= 60 || available > 0n) &&
          (memberLeft === null || memberLeft >= fee)
        expect(promiseObstacles(request).length === 0).toBe(isWithin)
      }),
      { numRuns: 5_000 },
    )
  })

  it('offer what they would let through, when nothing stands against the line', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        fc.pre(lineObstacles(request).length === 0)
        const { offers, failed } = offersOf(request)
        for (const { amount, fee } of offers) {
          expect(promiseObstacles({ ...request, amount })).toEqual([])
          expect(fee).toBe(feeOf(amount, TERMS))
        }
        const most = { ...request, amount: amountMax(request) }
        expect(failed).toEqual(promiseObstacles(most))
        expect(offers.at(-1)?.amount === most.amount).toBe(failed.length === 0)
      }),
    )
  })

  it('never promise less than its own fee: the balance could not bear it', () => {
    const dear = { ...TERMS, withoutFee: 0n, fee: 5_000n }
    fc.assert(
      fc.property(anyRequest, fc.bigInt(1n, 20_000n), (request, amount) => {
        const failed = promiseObstacles({ ...request, amount, terms: dear })
        if (failed.length === 0) expect(amount).toBeGreaterThanOrEqual(feeOf(amount, dear))
      }),
    )
  })

  it('give nothing that JSON would lose', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const failed = promiseObstacles(request)
        expect(JSON.parse(JSON.stringify(failed))).toEqual(failed)
      }),
    )
  })
})
