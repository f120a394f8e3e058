import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, addMonths, type Day, daysBetween, monthOf, monthsBetween } from '../../../../platform/calendar.ts'
import type { Schedule } from '../../store/recurring-tables.ts'
import { nextDay } from './schedule.ts'

const days = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2060-12-31'), noInvalidDate: true })
  .map((moment) => moment.toISOString().slice(0, 10) as Day)
const schedules = fc.constantFrom<Schedule>('DAILY', 'WEEKLY', 'MONTHLY')

/** The first days of a schedule, each found from the one before it. */
function comingDays(schedule: Schedule, countsFrom: Day, count: number): Day[] {
  const found: Day[] = []
  let day = countsFrom
  for (let made = 0; made < count; made++) {
    day = nextDay(schedule, countsFrom, day)
    found.push(day)
  }
  return found
}

describe('the days of a schedule', () => {
  it.each<[Schedule, string, string[]]>([
    ['DAILY', '2026-02-27', ['2026-02-28', '2026-03-01', '2026-03-02']],
    ['WEEKLY', '2026-12-24', ['2026-12-31', '2027-01-07', '2027-01-14']],
    ['MONTHLY', '2026-01-15', ['2026-02-15', '2026-03-15', '2026-04-15']],
    ['MONTHLY', '2027-12-31', ['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31']],
    ['MONTHLY', '2026-01-30', ['2026-02-28', '2026-03-30']],
  ])('%s from %s', (schedule, countsFrom, expected) => {
    expect(comingDays(schedule, countsFrom as Day, expected.length)).toEqual(expected)
  })

  it('come after the day that was asked about, and are the same from wherever one asks in between', () => {
    fc.assert(
      fc.property(schedules, days, fc.integer({ min: -60, max: 4_000 }), (schedule, countsFrom, later) => {
        const after = addDays(countsFrom, later)
        const next = nextDay(schedule, countsFrom, after)
        expect(next > after && next > countsFrom).toBe(true)
        for (let day = addDays(next, -1); day > after && day > countsFrom; day = addDays(day, -1)) {
          expect(nextDay(schedule, countsFrom, day)).toBe(next)
        }
      }),
    )
  })

  it('leave out none and drift nowhere over ten years', () => {
    fc.assert(
      fc.property(days, (countsFrom) => {
        comingDays('WEEKLY', countsFrom, 520).forEach((day, index) => {
          expect(daysBetween(countsFrom, day)).toBe((index + 1) * 7)
        })
        comingDays('MONTHLY', countsFrom, 120).forEach((day, index) => {
          expect(day).toBe(addMonths(countsFrom, index + 1))
          expect(monthsBetween(countsFrom, day)).toBe(index + 1)
          const isLastOfMonth = monthOf(addDays(day, 1)) !== monthOf(day)
          expect(day.slice(8) === countsFrom.slice(8) || isLastOfMonth).toBe(true)
        })
      }),
      { numRuns: 30 },
    )
  })
})
