import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, lineKeyText, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { LedgerKind, LedgerUnit } from '../ledger/kinds.ts'
import type { CauseDetails } from '../ledger/posting.ts'

/** Which page of a line's statement. */
export interface StatementKey extends LineKey {
  /** Money and points have a statement each. */
  readonly unit: LedgerUnit
  readonly first: number
  /** Only entries with lower numbers: the newest come first. Null for the first page. */
  readonly before: bigint | null
  /** Null for all. */
  readonly kinds: readonly LedgerKind[] | null
  /** Posted at this moment or later. */
  readonly from: Date | null
  /** Posted before this moment. */
  readonly to: Date | null
}

export function statementKeyText(key: StatementKey): string {
  const { unit, first, before, kinds, from, to } = key
  return [lineKeyText(key), unit, first, before, kinds?.join(' '), from?.getTime(), to?.getTime()].join('/')
}

/** An entry as the subscriber sees it, and its cause. */
export interface StatementRow {
  readonly line_id: string
  /** Its number among the line's entries. */
  readonly sequence: bigint
  readonly transaction_id: string
  readonly kind: LedgerKind
  /** Kopecks or points, negative for what was taken. */
  readonly change: bigint
  readonly balance_after: bigint
  readonly posted_at: Date
  readonly order_id: string | null
  readonly payment_id: string | null
  readonly consent_id: string | null
  readonly policy_name: string | null
  readonly policy_version: number | null
  readonly details: CauseDetails
}

/** A page, with one row more where another page follows. */
export interface StatementPage {
  readonly is_under_review: boolean
  readonly rows: readonly StatementRow[]
}

interface StatementValues extends LineKeyValues {
  readonly units: readonly LedgerUnit[]
  readonly sizes: readonly number[]
  readonly befores: readonly (bigint | null)[]
  readonly kinds: readonly (string | null)[]
  readonly froms: readonly (Date | null)[]
  readonly tos: readonly (Date | null)[]
}

/** Of a page without entries there is one row, without a number. */
type PageRow = { readonly key: number; readonly is_under_review: boolean } & (
  | StatementRow
  | { readonly sequence: null }
)

/** A period is a range of numbers, so that every page follows the one index, however long the history. */
export const STATEMENT = prepareStatement<StatementValues, PageRow>(
  'statement',
  (values) => sql`
    with allowed as (${allowedLines(values)}), asked as materialized (
      select allowed.key, allowed.line_id, page.unit, page.size, page.kinds,
        case when page.posted_from is null then 0
          else last_entry_at(allowed.line_id, page.unit, page.posted_from - interval '1 microsecond') end as after,
        least(page.before, case when page.posted_to is null then 9223372036854775807
          else last_entry_at(allowed.line_id, page.unit, page.posted_to - interval '1 microsecond') + 1 end) as before,
        exists (select from ledger_quarantine as quarantine where quarantine.line_id = allowed.line_id)
          as is_under_review
      from allowed
      join unnest(${values.units}::ledger_unit[], ${values.sizes}::int[], ${values.befores}::bigint[],
        ${values.kinds}::text[], ${values.froms}::timestamptz[], ${values.tos}::timestamptz[])
        with ordinality as page (unit, size, before, kinds, posted_from, posted_to, place) on page.place = allowed.key
    )
    select asked.key, asked.is_under_review, entry.*, cause.order_id, cause.payment_id, cause.consent_id,
      cause.policy_name, cause.policy_version, cause.details
    from asked
    left join lateral (
      select line_id, sequence, transaction_id, kind, balance_after, posted_at,
        case when credit_account = 'CUSTOMER' then amount else -amount end as change
      from ledger_entry
      where line_id = asked.line_id and unit = asked.unit and sequence > asked.after and sequence < asked.before
        and 'CUSTOMER' in (debit_account, credit_account)
        and (asked.kinds is null or kind = any(string_to_array(asked.kinds, ' ')))
      order by sequence desc
      limit asked.size
    ) as entry on true
    left join ledger_transaction as cause on cause.line_id = entry.line_id and cause.id = entry.transaction_id
    order by asked.key, entry.sequence desc
  `,
)

export function statementValues(keys: readonly StatementKey[], now: Date): StatementValues {
  return {
    ...toLineKeyValues(keys, now),
    units: keys.map(({ unit }) => unit),
    sizes: keys.map(({ first }) => first + 1),
    befores: keys.map(({ before }) => before),
    kinds: keys.map(({ kinds }) => kinds?.join(' ') ?? null),
    froms: keys.map(({ from }) => from),
    tos: keys.map(({ to }) => to),
  }
}

/** The pages, the newest entries first; null for a line that is not there for its viewer. */
export async function readStatementPages(
  reader: Reader,
  keys: readonly StatementKey[],
  now: Date,
): Promise<(StatementPage | null)[]> {
  const rows = await reader.read(STATEMENT, statementValues(keys, now))
  const byKey = Map.groupBy(rows, ({ key }) => key)
  return keys.map((_, place) => toPage(byKey.get(place + 1)))
}

function toPage(rows: readonly PageRow[] | undefined): StatementPage | null {
  const first = rows?.[0]
  if (!first) return null
  return { is_under_review: first.is_under_review, rows: rows.filter(hasSequence) }
}

function hasSequence(row: PageRow): row is PageRow & StatementRow {
  return row.sequence !== null
}
