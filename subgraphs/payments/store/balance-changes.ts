import { type Kysely, sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Watch } from '../../../platform/events/watch-reader.ts'
import { PAGE_SIZE } from '../../../platform/events/watcher.ts'
import type { Tables } from './tables.ts'

/** Where changes of balances are announced. */
export const BALANCE_CHANNEL = 'payments_balance'

/** The money of a line as a change left it. */
export interface BalanceChangeRow {
  readonly line_id: string
  readonly sequence: bigint
  readonly posted_kopecks: bigint
  readonly reserved_kopecks: bigint
  /** When it changed; for a beginning, when it was read. */
  readonly as_of: Date
  /** The audit found the line's books wrong. */
  readonly is_under_review: boolean
}

interface WatchValues extends LineKeyValues {
  readonly afters: readonly (bigint | null)[]
  readonly pageSize: number
  /** Whether only lines with the paid service have changes to be seen; staff see them all the same. */
  readonly isServiceRequired: boolean
}

/** A watch that has nothing new is one row without a sequence; one whose line is not there has no row. */
type WatchRow =
  | (BalanceChangeRow & { readonly key: number })
  | { readonly key: number; readonly line_id: string; readonly sequence: null }

/**
 * A sequence that lies ahead of the line's comes from before a restore of the database: its holder begins anew, as one
 * that has none.
 */
const BALANCE_CHANGES = prepareStatement<WatchValues, WatchRow>(
  'balance-changes',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, allowed.line_id, change.sequence, change.posted as posted_kopecks,
      change.reserved as reserved_kopecks, change.as_of,
      exists (select from ledger_quarantine as quarantine where quarantine.line_id = allowed.line_id) as is_under_review
    from allowed
    join unnest(${values.afters}::bigint[]) with ordinality as watched (after, place) on watched.place = allowed.key
    join ledger_balance as balance on balance.line_id = allowed.line_id and balance.unit = 'KOPECK'
    left join lateral (
      (
        select sequence, posted, reserved, changed_at as as_of from balance_change
        where line_id = allowed.line_id and sequence > watched.after
        order by sequence limit ${values.pageSize}::bigint
      )
      union all
      select balance.sequence, balance.posted, balance.reserved, ${values.now}::timestamptz
      where watched.after is null or watched.after > balance.sequence
    ) as change on true
    where not ${values.isServiceRequired}::boolean or allowed.account_id is null or exists (
      select from live_balance where line_id = allowed.line_id and paid_until > ${values.now}::timestamptz
    )
    order by allowed.key, change.sequence
  `,
)

/** The changes that each watch has not seen, a page at most; null for a line that is not there for its watcher. */
export async function readBalanceChanges(
  reader: Reader,
  watches: readonly Watch<LineKey>[],
  { now, isServiceRequired }: { readonly now: Date; readonly isServiceRequired: boolean },
): Promise<(BalanceChangeRow[] | null)[]> {
  const rows = await reader.read(BALANCE_CHANGES, {
    ...toLineKeyValues(
      watches.map(({ key }) => key),
      now,
    ),
    afters: watches.map(({ after }) => after),
    pageSize: PAGE_SIZE,
    isServiceRequired,
  })
  const changes = new Array<BalanceChangeRow[] | null>(watches.length).fill(null)
  for (const { key, ...row } of rows) {
    changes[key - 1] ??= []
    if (row.sequence !== null) changes[key - 1]?.push(row as BalanceChangeRow)
  }
  return changes
}

const WATCHED_SECONDS = 60

/** Has changes of these lines announced for the next minute. */
export async function watchBalances(db: Kysely<Tables>, lineIds: readonly string[]): Promise<void> {
  await sql`
    insert into balance_watch as watched (line_id, until)
    select line_id, clock_timestamp() + make_interval(secs => ${WATCHED_SECONDS})
    from unnest(${lineIds}::uuid[]) as line_id order by line_id
    on conflict (line_id) do update set until = excluded.until
  `.execute(db)
}
