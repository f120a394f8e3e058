import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chargeOf, mayBeCredited, type TransferFacts, transferObstacles } from './rules.ts'

const LIMITS = { amountMin: 100n, amountMax: 30_000n, sentPerDay: 150_000n, mustStay: 9_000n }
/** Nothing stands against this one. */
const GOOD: TransferFacts = {
  amount: 10_000n,
  fee: 700n,
  ownMoney: 100_000n,
  isUnderReview: false,
  isBalanceVisible: true,
  sentToday: 0n,
  isReceiverKnown: true,
  isSameLine: false,
  heldUntil: null,
  memberLeft: null,
  capReached: null,
  limits: LIMITS,
}
const codesOf = (facts: TransferFacts) => transferObstacles(facts).map(({ code }) => code)

/** Amounts that meet at the limits: each is near another one's edge. */
const kopecks = fc.oneof(
  fc.bigInt(0n, 400_000n),
  fc
    .tuple(fc.constantFrom(0n, 100n, 700n, 9_000n, 9_700n, 30_000n, 39_700n, 150_000n), fc.bigInt(-2n, 2n))
    .map(([edge, step]) => (edge + step > 0n ? edge + step : 0n)),
)
const anyFacts: fc.Arbitrary<TransferFacts> = fc.record({
  amount: kopecks.map((amount) => amount + 1n),
  fee: fc.constantFrom(0n, 1n, 700n),
  ownMoney: kopecks,
  isUnderReview: fc.boolean(),
  isBalanceVisible: fc.boolean(),
  sentToday: kopecks,
  isReceiverKnown: fc.boolean(),
  isSameLine: fc.boolean(),
  heldUntil: fc.option(fc.constant(new Date('2026-11-22T10:00:00Z'))),
  memberLeft: fc.option(kopecks.map((left) => left - 500n)),
  capReached: fc.constant(null),
  limits: fc.constant(LIMITS),
})

describe('the rules of a transfer', () => {
  it('let through exactly what leaves every limit whole', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { amount, fee, ownMoney, sentToday, limits } = facts
        const isWithin =
          amount >= limits.amountMin &&
          amount <= limits.amountMax &&
          ownMoney - (amount + fee) >= limits.mustStay &&
          !facts.isUnderReview &&
          sentToday + amount <= limits.sentPerDay &&
          facts.isReceiverKnown &&
          !facts.isSameLine &&
          facts.heldUntil === null &&
          (facts.memberLeft === null || facts.memberLeft >= amount + fee)
        expect(transferObstacles(facts).length === 0).toBe(isWithin)
      }),
      { numRuns: 5_000 },
    )
  })

  it('name an amount that they would let through, to a kopeck', () => {
    const cases: [string, Partial<TransferFacts>][] = [
      ['NOT_ENOUGH_MONEY', { ownMoney: 19_900n, amount: 30_000n }],
      ['DAY_LIMIT', { sentToday: 141_234n }],
      ['AMOUNT_TOO_LARGE', { amount: 30_001n }],
      ['AMOUNT_TOO_SMALL', { amount: 99n }],
    ]
    for (const [code, change] of cases) {
      const failed = transferObstacles({ ...GOOD, ...change }).find((rule) => rule.code === code)
      const amount = BigInt((failed as { kopecks: string }).kopecks)
      expect(codesOf({ ...GOOD, ...change, amount }), code).toEqual([])
      const beyond = code === 'AMOUNT_TOO_SMALL' ? amount - 1n : amount + 1n
      expect(codesOf({ ...GOOD, ...change, amount: beyond }), code).toContain(code)
    }
  })

  it('fail each for its own reason and no other', () => {
    const heldUntil = new Date('2026-11-22T10:00:00Z')
    expect(codesOf(GOOD)).toEqual([])
    expect(codesOf({ ...GOOD, isReceiverKnown: false })).toEqual(['RECEIVER_NOT_FOUND'])
    expect(codesOf({ ...GOOD, isSameLine: true })).toEqual(['SAME_LINE'])
    expect(transferObstacles({ ...GOOD, heldUntil })).toEqual([{ code: 'SIM_CHANGED', until: heldUntil.toISOString() }])
  })

  it('name nothing of a balance that is under review, or that who pays may not see', () => {
    const poor = { ...GOOD, ownMoney: 9_800n }
    expect(transferObstacles({ ...poor, isUnderReview: true })).toEqual([{ code: 'BALANCE_UNDER_REVIEW' }])
    expect(transferObstacles({ ...poor, isBalanceVisible: false })).toEqual([
      { code: 'NOT_ENOUGH_MONEY', kopecks: null },
    ])
  })

  it('give nothing that JSON would lose', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const failed = transferObstacles(facts)
        expect(JSON.parse(JSON.stringify(failed))).toEqual(failed)
      }),
    )
  })

  it('charge the amount and the fee', () => {
    fc.assert(fc.property(kopecks, kopecks, (amount, fee) => chargeOf({ amount, fee }) === amount + fee))
  })
})

describe('a line', () => {
  it('is credited up to its limit of the day, and not a kopeck beyond', () => {
    fc.assert(
      fc.property(kopecks, kopecks, kopecks, (amount, receivedToday, receivedPerDay) => {
        const facts = { amount, receivedToday, receivedPerDay }
        expect(mayBeCredited(facts)).toBe(receivedToday + amount <= receivedPerDay)
      }),
    )
  })
})
