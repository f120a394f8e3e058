import { type Kysely, type RawBuilder, sql } from 'kysely'

/** Rows of a table by their age. */
export interface OlderRows {
  readonly table: string
  /** Says since when. */
  readonly column: string
  readonly before: Date
  /** Which of them, where not all. */
  readonly where?: RawBuilder<unknown>
}

/** How many go in one statement: so that none is long, and nobody waits for it. */
export const DELETED_AT_ONCE = 5_000

/** Deletes some of what is older than a moment, but for what somebody has. Returns how many. */
export async function deleteOlder<Tables>(
  db: Kysely<Tables>,
  { table, column, before, where = sql`true` }: OlderRows,
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from ${sql.table(table)} where ctid = any(array(
      select ctid from ${sql.table(table)} where ${sql.ref(column)} < ${before} and ${where}
      limit ${DELETED_AT_ONCE} for update skip locked
    ))
  `.execute(db)
  return Number(numAffectedRows ?? 0n)
}
