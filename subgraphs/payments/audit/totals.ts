import { sql, type Transaction } from 'kysely'
import type { LedgerUnit, Tables } from '../store/tables.ts'
import { isBetweenLines } from './between-lines.ts'
import { type LineRange, within } from './check.ts'

/** What the ledger holds in all, for one unit. */
export interface LedgerTotal {
  readonly unit: LedgerUnit
  /** What lines have. */
  readonly customers: bigint
  /** What came from outside, less what went there. */
  readonly outside: bigint
  /** What one line got and the other has not given yet, less what was given and has not arrived; none of one range. */
  readonly underWay: bigint
}

export function noTotals(): readonly LedgerTotal[] {
  return (['KOPECK', 'POINT'] as const).map((unit) => ({ unit, customers: 0n, outside: 0n, underWay: 0n }))
}

export function addTotals(totals: readonly LedgerTotal[], more: readonly LedgerTotal[]): readonly LedgerTotal[] {
  return totals.map((total) => {
    const added = more.find(({ unit }) => unit === total.unit)
    return {
      unit: total.unit,
      customers: total.customers + (added?.customers ?? 0n),
      outside: total.outside + (added?.outside ?? 0n),
      underWay: total.underWay + (added?.underWay ?? 0n),
    }
  })
}

/** Of the lines of a range. What passes from line to line comes from nowhere: see `readBetweenLines`. */
export async function readTotals(trx: Transaction<Tables>, range: LineRange): Promise<LedgerTotal[]> {
  const { rows } = await sql<LedgerTotal>`
    select unit,
      coalesce((
        select sum(posted) from ledger_balance as balance
        where ${within('balance', range)} and balance.unit = units.unit
      ), 0)::bigint as customers,
      coalesce((
        select sum(case when debit_account <> 'CUSTOMER' then amount else 0 end)
          - sum(case when credit_account <> 'CUSTOMER' then amount else 0 end)
        from ledger_entry as entry where ${within('entry', range)} and entry.unit = units.unit
          and not ${isBetweenLines('entry')}
      ), 0)::bigint as outside, 0::bigint as "underWay"
    from unnest(enum_range(null::ledger_unit)) as units (unit)
  `.execute(trx)
  return rows
}
