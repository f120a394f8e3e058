import { type Kysely, sql } from 'kysely'
import { prepareStatement, runPrepared } from '../../../platform/database/prepared-statement.ts'
import type { Tables } from './tables.ts'

/** A line that does not reconcile, and the first that was found of it. */
export interface BrokenLine {
  readonly lineId: string
  readonly reason: string
}

export interface QuarantinedLine extends BrokenLine {
  readonly since: Date
}

const REASON_LENGTH_MAX = 500

/** Keeps lines from being served; one that is kept already stays as it is. Returns those that are new. */
export async function quarantineLines(
  db: Kysely<Tables>,
  lines: readonly BrokenLine[],
  now: Date,
): Promise<readonly string[]> {
  const { rows } = await sql<{ line_id: string }>`
    insert into ledger_quarantine (line_id, since, reason)
    select line_id, ${now}, reason from unnest(
      ${lines.map(({ lineId }) => lineId)}::uuid[],
      ${lines.map(({ reason }) => reason.slice(0, REASON_LENGTH_MAX))}::text[]
    ) as broken (line_id, reason) order by line_id
    on conflict (line_id) do nothing
    returning line_id
  `.execute(db)
  return rows.map((row) => row.line_id)
}

export async function listQuarantine(db: Kysely<Tables>): Promise<QuarantinedLine[]> {
  const rows = await db.selectFrom('ledger_quarantine').selectAll().orderBy('since').orderBy('line_id').execute()
  return rows.map((row) => ({ lineId: row.line_id, since: row.since, reason: row.reason }))
}

const QUARANTINED = prepareStatement<{ readonly lineIds: readonly string[] }, { readonly line_id: string }>(
  'quarantined',
  ({ lineIds }) => sql`select line_id from ledger_quarantine where line_id = any(${lineIds}::uuid[])`,
)

/**
 * Those of the lines that are kept from being served. What is decided by it asks in its transaction, after `lockBalance`.
 */
export async function findQuarantined(db: Kysely<Tables>, lineIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await runPrepared(db, QUARANTINED, { lineIds })
  return new Set(rows.map((row) => row.line_id))
}

/** The same of one line. */
export async function isQuarantined(db: Kysely<Tables>, lineId: string): Promise<boolean> {
  return (await findQuarantined(db, [lineId])).has(lineId)
}

/** False when the line was not kept. */
export async function liftQuarantine(db: Kysely<Tables>, lineId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('ledger_quarantine').where('line_id', '=', lineId).executeTakeFirst()
  return numDeletedRows > 0n
}
