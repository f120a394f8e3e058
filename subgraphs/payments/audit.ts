import { type Kysely, sql } from 'kysely'
import type { LedgerUnit, Tables } from './store/tables.ts'

/** One invariant of the ledger and everything that breaks it, up to a limit. */
export interface AuditFinding {
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I8'
  readonly meaning: string
  /** How many places break it; 0 when it holds. */
  readonly breaches: number
  /** Some of the places: line ids, transaction ids or names of tables. */
  readonly examples: readonly string[]
}

/** What the ledger holds in all, for one unit. */
export interface LedgerTotal {
  readonly unit: LedgerUnit
  /** What lines have. */
  readonly customers: bigint
  /** What came from outside, less what went there. */
  readonly outside: bigint
}

export interface AuditReport {
  readonly findings: readonly AuditFinding[]
  readonly totals: readonly LedgerTotal[]
  readonly isClean: boolean
}

const EXAMPLES_MAX = 10

/** Checks the whole ledger inside one snapshot, so that postings under way cannot look like breaches. */
export async function auditLedger(db: Kysely<Tables>): Promise<AuditReport> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const totals = await readTotals(trx)
      const findings = [
        await findUnbalanced(trx, totals),
        await findDrifted(trx),
        await findOverdrawn(trx),
        await findMutable(trx),
      ]
      return { findings, totals, isClean: findings.every((finding) => finding.breaches === 0) }
    })
}

async function readTotals(db: Kysely<Tables>): Promise<LedgerTotal[]> {
  const { rows } = await sql<LedgerTotal>`
    select unit,
      coalesce((select sum(posted) from ledger_balance where ledger_balance.unit = units.unit), 0)::bigint as customers,
      coalesce((
        select sum(case when debit_account <> 'CUSTOMER' then amount else 0 end)
          - sum(case when credit_account <> 'CUSTOMER' then amount else 0 end)
        from ledger_entry where ledger_entry.unit = units.unit
      ), 0)::bigint as outside
    from unnest(enum_range(null::ledger_unit)) as units (unit)
  `.execute(db)
  return rows
}

/**
 * I1: each transaction has its two sides, and lines together have what came from outside. Only a line that was opened
 * with nothing has a transaction without entries.
 */
async function findUnbalanced(db: Kysely<Tables>, totals: readonly LedgerTotal[]): Promise<AuditFinding> {
  const transactions = await readPlaces(
    db,
    sql`
      select ledger_transaction.id::text as place from ledger_transaction
      left join ledger_entry on ledger_entry.line_id = ledger_transaction.line_id
        and ledger_entry.transaction_id = ledger_transaction.id
      where ledger_entry.amount is null and ledger_transaction.kind <> 'OPENING_BALANCE'
      union all
      select transaction_id::text as place from ledger_entry
      group by line_id, transaction_id, unit
      having sum(case when debit_account is null then 0 else amount end)
        <> sum(case when credit_account is null then 0 else amount end)
    `,
  )
  const units = totals.filter((total) => total.customers !== total.outside).map((total) => `total of ${total.unit}`)
  return {
    invariant: 'I1',
    meaning: 'debits equal credits in every transaction, and the total equals what came from outside',
    breaches: transactions.count + units.length,
    examples: [...units, ...transactions.places],
  }
}

/** I2: the stored balance is the sum of the entries. */
async function findDrifted(db: Kysely<Tables>): Promise<AuditFinding> {
  const found = await readPlaces(
    db,
    sql`
      with summed as (
        select line_id, unit,
          sum(case when credit_account = 'CUSTOMER' then amount else 0 end)
            - sum(case when debit_account = 'CUSTOMER' then amount else 0 end) as total
        from ledger_entry group by line_id, unit
      )
      select coalesce(stored.line_id, summed.line_id) || ' ' || coalesce(stored.unit, summed.unit) as place
      from ledger_balance as stored
      full join summed on summed.line_id = stored.line_id and summed.unit = stored.unit
      where coalesce(stored.posted, 0) <> coalesce(summed.total, 0)
      union all
      select lots.line_id || ' POINT lots' as place
      from (select line_id, sum(remaining) as remaining from bonus_lot group by line_id) as lots
      join ledger_balance as stored on stored.line_id = lots.line_id and stored.unit = 'POINT'
      where stored.posted <> lots.remaining
    `,
  )
  return {
    invariant: 'I2',
    meaning: 'stored balance equals the sum of entries',
    breaches: found.count,
    examples: found.places,
  }
}

/** I3: nobody has spent more than there was. */
async function findOverdrawn(db: Kysely<Tables>): Promise<AuditFinding> {
  const found = await readPlaces(
    db,
    sql`
      select line_id || ' ' || unit as place from ledger_balance
      where posted - reserved < -(debt_limit + promised) or (unit = 'POINT' and posted < 0)
    `,
  )
  return {
    invariant: 'I3',
    meaning: 'available is never under its floor',
    breaches: found.count,
    examples: found.places,
  }
}

/** I8: what guards the entries is in place: a trigger for everybody, no privilege for the login role. */
async function findMutable(db: Kysely<Tables>): Promise<AuditFinding> {
  const found = await readPlaces(
    db,
    sql`
      select guarded || ' has no guarding trigger' as place
      from unnest(array['ledger_transaction', 'ledger_entry']) as guarded
      where not exists (
        select from pg_trigger where tgrelid = guarded::regclass and tgname = guarded || '_is_immutable'
          and tgenabled in ('O', 'A')
      )
      union all
      select guarded || ' can be changed by ' || current_user as place
      from unnest(array['ledger_transaction', 'ledger_entry']) as guarded
      where has_table_privilege(guarded, 'update') or has_table_privilege(guarded, 'delete')
    `,
  )
  return { invariant: 'I8', meaning: 'entries are immutable', breaches: found.count, examples: found.places }
}

async function readPlaces(
  db: Kysely<Tables>,
  query: ReturnType<typeof sql>,
): Promise<{ count: number; places: string[] }> {
  const { rows } = await sql<{ place: string; count: number }>`
    select place, (count(*) over ())::int as count from (${query}) as found order by place limit ${EXAMPLES_MAX}
  `.execute(db)
  return { count: rows[0]?.count ?? 0, places: rows.map((row) => row.place) }
}
