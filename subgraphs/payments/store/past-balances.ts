import { sql } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, lineKeyText, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'

/** A line at a moment. */
export interface PastBalanceKey extends LineKey {
  readonly at: Date
}

export function pastBalanceKeyText(key: PastBalanceKey): string {
  return `${lineKeyText(key)}/${key.at.getTime()}`
}

export interface PastBalanceRow {
  readonly key: number
  /** Null before the line's account was opened. */
  readonly posted_kopecks: bigint | null
  readonly at: Date
  /** When the ledger was read. */
  readonly as_of: Date
  readonly is_under_review: boolean
}

/** Of a line whose account was open then. */
export type OpenedBalance = PastBalanceRow & { readonly posted_kopecks: bigint }

interface PastBalanceValues extends LineKeyValues {
  readonly moments: readonly Date[]
}

/** A line that was opened with nothing has an opening without an entry: from then on it had zero. */
const PAST_BALANCES = prepareStatement<PastBalanceValues, PastBalanceRow>(
  'past-balances',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, asked.at, ${values.now}::timestamptz as as_of,
      coalesce(
        (
          select balance_after from ledger_entry
          where line_id = allowed.line_id and unit = 'KOPECK'
            and sequence = last_entry_at(allowed.line_id, 'KOPECK', asked.at)
        ),
        (
          select 0 from ledger_transaction
          where line_id = allowed.line_id and source_key = 'opening-balance' and posted_at <= asked.at
        )
      ) as posted_kopecks,
      exists (select from ledger_quarantine as quarantine where quarantine.line_id = allowed.line_id) as is_under_review
    from allowed
    join unnest(${values.moments}::timestamptz[]) with ordinality as asked (at, place) on asked.place = allowed.key
  `,
)

/** What lines had at moments; null for a line that is not there for its viewer. */
export async function readPastBalances(
  reader: Reader,
  keys: readonly PastBalanceKey[],
  now: Date,
): Promise<(PastBalanceRow | null)[]> {
  const rows = await reader.read(PAST_BALANCES, {
    ...toLineKeyValues(keys, now),
    moments: keys.map(({ at }) => at),
  })
  const byKey = new Map(rows.map((row) => [row.key, row]))
  return keys.map((_, place) => byKey.get(place + 1) ?? null)
}
