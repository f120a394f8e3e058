import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** What is of no use after a time, and the column that says since when. */
const SWEPT = [
  { table: 'used_captcha', column: 'expires_at', keptHours: 1 },
  { table: 'turn', column: 'ends_at', keptHours: 1 },
  { table: 'one_time_password_delivery', column: 'expires_at', keptHours: 1 },
  { table: 'decoy_message', column: 'expires_at', keptHours: 1 },
  { table: 'one_time_password', column: 'expires_at', keptHours: 1 },
  // Whatever still counts of a number happened in the day before.
  { table: 'one_time_password_use', column: 'touched_at', keptHours: 25 },
] as const satisfies readonly { table: keyof Tables; column: string; keptHours: number }[]

/** Keeps one statement short; what is over goes with the next sweep. */
const ROWS_MAX = 5_000

/** Deletes what was of use to sign in once. Returns how many rows went. */
export async function sweepSignIn(db: Kysely<Tables>, now: Date): Promise<number> {
  let swept = 0
  for (const { table, column, keptHours } of SWEPT) {
    const before = new Date(now.getTime() - keptHours * 3_600_000)
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where ${sql.ref(column)} < ${before} limit ${ROWS_MAX} for update skip locked
      ))
    `.execute(db)
    swept += Number(numAffectedRows ?? 0n)
  }
  return swept
}
