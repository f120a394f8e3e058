import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCalendar } from '../../../../platform/calendar.ts'
import { takeOldest } from '../../ledger/lots.ts'
import { monthsAfter } from './earn-points.ts'
import { earn } from './earning.ts'

describe('points for kopecks', () => {
  it.each([
    [0n, 499n, 0n, 499n],
    [499n, 1n, 1n, 0n],
    [0n, 1_700n, 3n, 200n],
    [0n, -300n, 0n, -300n],
    [-300n, 800n, 1n, 0n],
  ])('with %s left over, %s spent earn %s and leave %s', (remainder, spent, points, left) => {
    expect(earn(remainder, spent, 500n)).toEqual({ points, remainder: left })
  })

  it('are as many however the spending is cut', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 5_000n }), { maxLength: 30 })
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 900n }), (spent, perPoint) => {
        const one = earn(
          0n,
          spent.reduce((sum, amount) => sum + amount, 0n),
          perPoint,
        )
        let remainder = 0n
        let points = 0n
        for (const amount of spent) {
          const step = earn(remainder, amount, perPoint)
          points += step.points
          remainder = step.remainder
        }
        expect({ points, remainder }).toEqual(one)
      }),
    )
  })
})

describe('the oldest lots', () => {
  const day = (number: number) => new Date(Date.UTC(2026, 0, number))

  it('make up an amount, the last in part', () => {
    const lots = [
      { points: 3n, expiresAt: day(1), earnedAt: day(0) },
      { points: 5n, expiresAt: day(2), earnedAt: day(1) },
      { points: 7n, expiresAt: day(3), earnedAt: day(2) },
    ]
    expect(takeOldest(lots, 6n)).toEqual([
      { points: 3n, expiresAt: day(1), earnedAt: day(0) },
      { points: 3n, expiresAt: day(2), earnedAt: day(1) },
    ])
    expect(takeOldest(lots, 0n)).toEqual([])
  })

  it.each([
    ['2026-01-31T10:00:00.000Z', 1, '2026-02-28T10:00:00.000Z'],
    ['2024-02-29T10:00:00.000Z', 12, '2025-02-28T10:00:00.000Z'],
    ['2026-03-15T10:00:00.000Z', 12, '2027-03-15T10:00:00.000Z'],
    // In Moscow it is the first of March already.
    ['2027-02-28T22:30:00.123Z', 12, '2028-02-29T22:30:00.123Z'],
  ])('of %s are good for %s months of the operator’s calendar, until %s', (from, months, until) => {
    const calendar = createCalendar('Europe/Moscow')
    expect(monthsAfter(new Date(from), months, calendar).toISOString()).toBe(until)
  })
})
