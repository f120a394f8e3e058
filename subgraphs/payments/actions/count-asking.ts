import { addDays, createCalendar } from '../../../platform/calendar.ts'
import { countQuote } from '../store/transfer-quotes.ts'
import type { ActionDependencies } from './actions.ts'

/**
 * Counts a person's question to which the answer tells something of others: whose a number is, who has an account with a
 * merchant. So nobody asks about all of them. When to ask again; null when they may ask now.
 */
export async function countAsking(
  { db, clock, policies }: ActionDependencies,
  personId: string,
  limit: 'transfer.quotesPerDay' | 'purchase.quotesPerDay',
): Promise<Date | null> {
  const values = await policies.current()
  const calendar = createCalendar(values['operator.timeZone'])
  const today = calendar.dayOf(clock.now())
  const mayAsk = await countQuote(db, personId, today, values[limit])
  return mayAsk ? null : calendar.momentOf(addDays(today, 1))
}
