import type { DayRange, SpendingInterval } from '../../store/spending.ts'

/** The intervals that a range of days touches, the first and the last cut off by it; null when there are more than `max`. */
export function intervalsOf({ from, to }: DayRange, by: SpendingInterval, max: number): DayRange[] | null {
  const intervals: DayRange[] = []
  for (let day = from; day <= to; ) {
    if (intervals.length === max) return null
    const last = lastDayOf(day, by)
    if (last >= to) return [...intervals, { from: day, to }]
    intervals.push({ from: day, to: last })
    day = addDays(last, 1)
  }
  return intervals
}

/** The last day of the interval that a day is in. */
function lastDayOf(day: string, by: SpendingInterval): string {
  if (by === 'DAY') return day
  const date = new Date(`${day}T00:00:00Z`)
  if (by === 'WEEK') return addDays(day, (DAYS_OF_WEEK - date.getUTCDay()) % DAYS_OF_WEEK)
  return dayOf(new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)))
}

const DAYS_OF_WEEK = 7

function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`)
  date.setUTCDate(date.getUTCDate() + count)
  return dayOf(date)
}

/** Days are compared as texts, and the year 10000 would be less than all others: days end with the one before it. */
const LAST_DAY = '9999-12-31'
const LAST_YEAR = 9999

function dayOf(date: Date): string {
  return date.getUTCFullYear() > LAST_YEAR ? LAST_DAY : date.toISOString().slice(0, LAST_DAY.length)
}
