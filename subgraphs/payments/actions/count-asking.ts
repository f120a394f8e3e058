import { addDays, createCalendar } from '../../../platform/calendar.ts'
import { countQuote, type QuoteDays } from '../store/quote-days.ts'
import type { ActionDependencies } from './actions.ts'

/** What is limited, and where it is counted. Who has asked about the one may still ask about the other. */
const COUNTED = {
  'transfer.quotesPerDay': 'transfer_quote_day',
  'purchase.quotesPerDay': 'purchase_quote_day',
} as const satisfies Readonly<Record<string, QuoteDays>>

/**
 * Counts a person's question to which the answer tells something of others: whose a number is, who has an account with a
 * merchant. So nobody asks about all of them. When to ask again; null when they may ask now.
 */
export async function countAsking(
  { db, clock, policies }: ActionDependencies,
  personId: string,
  limit: keyof typeof COUNTED,
): Promise<Date | null> {
  const values = await policies.current()
  const calendar = createCalendar(values['operator.timeZone'])
  const day = calendar.dayOf(clock.now())
  const mayAsk = await countQuote(db, COUNTED[limit], { personId, day, max: values[limit] })
  return mayAsk ? null : calendar.momentOf(addDays(day, 1))
}
