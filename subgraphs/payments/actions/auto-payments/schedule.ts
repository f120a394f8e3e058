import { addDays, addMonths, type Day, daysBetween, monthsBetween } from '../../../../platform/calendar.ts'
import type { Schedule } from '../../store/recurring-tables.ts'

const DAYS_OF_WEEK = 7

/**
 * The first day after `after`, and after the day it counts from, on which a schedule comes round. A month without the
 * day has it on its last, and the next month on the day itself again.
 */
export function nextDay(schedule: Schedule, countsFrom: Day, after: Day): Day {
  const from = after < countsFrom ? countsFrom : after
  switch (schedule) {
    case 'DAILY':
      return addDays(from, 1)
    case 'WEEKLY':
      return addDays(from, DAYS_OF_WEEK - (daysBetween(countsFrom, from) % DAYS_OF_WEEK))
    case 'MONTHLY': {
      const months = monthsBetween(countsFrom, from)
      const inSameMonth = addMonths(countsFrom, months)
      return inSameMonth > from ? inSameMonth : addMonths(countsFrom, months + 1)
    }
  }
}
