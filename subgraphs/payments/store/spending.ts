import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, lineKeyText, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { LedgerKind } from '../ledger/kinds.ts'

/** How a period is divided: weeks begin on Monday, months on their first. */
export type SpendingInterval = 'DAY' | 'WEEK' | 'MONTH'

/** Days of the calendar, `YYYY-MM-DD`, both included. */
export interface DayRange {
  readonly from: string
  readonly to: string
}

/** A line over some days. */
export interface SpendingKey extends LineKey, DayRange {
  readonly by: SpendingInterval
}

export function spendingKeyText(key: SpendingKey): string {
  return `${lineKeyText(key)}/${key.from}/${key.to}/${key.by}`
}

/** What the entries of one kind came to in one interval. */
export interface SpendingTotal {
  /** The first day of the interval, or of the days asked for where these cut it off. */
  readonly interval_from: string
  readonly kind: LedgerKind
  /** Kopecks, without a sign. */
  readonly received: bigint
  readonly spent: bigint
  readonly count: number
}

export interface SpendingRows {
  readonly is_under_review: boolean
  readonly as_of: Date
  readonly balance_before: bigint
  readonly totals: readonly SpendingTotal[]
}

interface SpendingValues extends LineKeyValues {
  readonly froms: readonly string[]
  readonly tos: readonly string[]
  readonly intervals: readonly string[]
  readonly timeZone: string
}

/** Of a period in which nothing moved there is one row, without a kind. */
type TotalRow = Omit<SpendingRows, 'totals'> & { readonly key: number } & (SpendingTotal | { readonly kind: null })

const SPENDING = prepareStatement<SpendingValues, TotalRow>(
  'spending',
  (values) => sql`
    with allowed as (${allowedLines(values)}), asked as materialized (
      select allowed.key, allowed.line_id, days.interval, days.first,
        last_entry_at(allowed.line_id, 'KOPECK',
          (days.first::timestamp at time zone ${values.timeZone}) - interval '1 microsecond') as after,
        last_entry_at(allowed.line_id, 'KOPECK',
          ((days.last + 1)::timestamp at time zone ${values.timeZone}) - interval '1 microsecond') as until
      from allowed
      join unnest(${values.froms}::date[], ${values.tos}::date[], ${values.intervals}::text[])
        with ordinality as days (first, last, interval, place) on days.place = allowed.key
    )
    select asked.key, ${values.now}::timestamptz as as_of, total.*,
      exists (select from ledger_quarantine as quarantine where quarantine.line_id = asked.line_id) as is_under_review,
      coalesce((
        select balance_after from ledger_entry
        where line_id = asked.line_id and unit = 'KOPECK' and sequence = asked.after
      ), 0) as balance_before
    from asked
    left join lateral (
      select greatest(asked.first, date_trunc(asked.interval, posted_at at time zone ${values.timeZone})::date)
          as interval_from, kind,
        coalesce(sum(amount) filter (where credit_account = 'CUSTOMER'), 0)::bigint as received,
        coalesce(sum(amount) filter (where debit_account = 'CUSTOMER'), 0)::bigint as spent,
        count(*)::int as count
      from ledger_entry
      where line_id = asked.line_id and unit = 'KOPECK' and sequence > asked.after and sequence <= asked.until
        and 'CUSTOMER' in (debit_account, credit_account)
      group by 1, 2
    ) as total on true
  `,
)

/** What moved money in each period, as days of a time zone; null for a line that is not there for its viewer. */
export async function readSpending(
  reader: Reader,
  keys: readonly SpendingKey[],
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Promise<(SpendingRows | null)[]> {
  const rows = await reader.read(SPENDING, {
    ...toLineKeyValues(keys, now),
    froms: keys.map(({ from }) => from),
    tos: keys.map(({ to }) => to),
    intervals: keys.map(({ by }) => by.toLowerCase()),
    timeZone,
  })
  const byKey = Map.groupBy(rows, ({ key }) => key)
  return keys.map((_, place) => toSpendingRows(byKey.get(place + 1)))
}

function toSpendingRows(rows: readonly TotalRow[] | undefined): SpendingRows | null {
  const first = rows?.[0]
  if (!first) return null
  const { is_under_review, as_of, balance_before } = first
  return { is_under_review, as_of, balance_before, totals: rows.filter(hasKind) }
}

function hasKind(row: TotalRow): row is TotalRow & SpendingTotal {
  return row.kind !== null
}
