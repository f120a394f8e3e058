import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalsOf } from './intervals.ts'

describe('the intervals of a period', () => {
  it('are cut off by its first and its last day', () => {
    expect(intervalsOf({ from: '2026-01-30', to: '2026-03-02' }, 'MONTH', 10)).toEqual([
      { from: '2026-01-30', to: '2026-01-31' },
      { from: '2026-02-01', to: '2026-02-28' },
      { from: '2026-03-01', to: '2026-03-02' },
    ])
  })

  it('are weeks from Monday to Sunday', () => {
    expect(intervalsOf({ from: '2026-11-22', to: '2026-11-30' }, 'WEEK', 10)).toEqual([
      { from: '2026-11-22', to: '2026-11-22' },
      { from: '2026-11-23', to: '2026-11-29' },
      { from: '2026-11-30', to: '2026-11-30' },
    ])
  })

  it('are none when it ends before it begins, and refused when they are too many', () => {
    expect(intervalsOf({ from: '2026-01-02', to: '2026-01-01' }, 'DAY', 10)).toEqual([])
    expect(intervalsOf({ from: '2026-01-01', to: '2026-01-10' }, 'DAY', 10)).toHaveLength(10)
    expect(intervalsOf({ from: '2026-01-01', to: '2026-01-11' }, 'DAY', 10)).toBeNull()
    expect(intervalsOf({ from: '0001-01-01', to: '9999-12-31' }, 'MONTH', 400)).toBeNull()
  })

  it.each(['DAY', 'WEEK', 'MONTH'] as const)('are there to the last day that can be written, by %s', (by) => {
    const last = { from: '9999-12-31', to: '9999-12-31' }
    expect(intervalsOf(last, by, 10)).toEqual([last])
    expect(intervalsOf({ from: '9999-12-20', to: '9999-12-31' }, by, 20)?.at(-1)?.to).toBe('9999-12-31')
  })

  it('have every day of it once, in order', () => {
    const day = fc.date({ min: new Date('2023-01-01'), max: new Date('2026-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: 0, max: 300 }),
        fc.constantFrom('DAY', 'WEEK', 'MONTH'),
        (start, length, by) => {
          const text = (offset: number) => new Date(start.getTime() + offset * 86_400_000).toISOString().slice(0, 10)
          const intervals = intervalsOf({ from: text(0), to: text(length) }, by, 400) ?? []
          const days = intervals.flatMap(({ from, to }) => intervalsOf({ from, to }, 'DAY', 400) ?? [])
          expect(days.map(({ from }) => from)).toEqual(Array.from({ length: length + 1 }, (_, offset) => text(offset)))
        },
      ),
    )
  })
})
