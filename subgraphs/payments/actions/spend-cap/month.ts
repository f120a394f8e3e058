import { addMonths, type Calendar, createCalendar, monthOf } from '../../../../platform/calendar.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Month } from '../../store/spend-caps.ts'

/** The month of the calendar that a moment is in, and when it is over. */
export function currentMonth(policies: PaymentsPolicies, now: Date): Month & { readonly resetsAt: Date } {
  const calendar: Calendar = createCalendar(policies['operator.timeZone'])
  const month = monthOf(calendar.dayOf(now))
  return { month, since: calendar.momentOf(month), resetsAt: calendar.momentOf(addMonths(month, 1)) }
}
