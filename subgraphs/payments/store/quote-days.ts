import { type Kysely, sql } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { Tables } from './tables.ts'

/** Where questions are counted, each with a limit of its own. */
const QUOTE_DAYS = ['transfer_quote_day', 'purchase_quote_day'] as const
export type QuoteDays = (typeof QUOTE_DAYS)[number]

/** Counts that a person asked for a quote; false when they have asked as often as they may that day. */
export async function countQuote(
  db: Kysely<Tables>,
  table: QuoteDays,
  { personId, day, max }: { readonly personId: string; readonly day: Day; readonly max: number },
): Promise<boolean> {
  const { rows } = await sql`
    insert into ${sql.table(table)} as counted (account_id, day, quotes) values (${personId}, ${day}, 1)
    on conflict (account_id, day) do update set quotes = counted.quotes + 1 where counted.quotes < ${max}
    returning quotes
  `.execute(db)
  return rows.length > 0
}

/** Forgets the counts of days that are over. */
export async function forgetQuoteDays(db: Kysely<Tables>, before: Day): Promise<void> {
  for (const table of QUOTE_DAYS) await db.deleteFrom(table).where('day', '<', before).execute()
}
