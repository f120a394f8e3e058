import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** When the acquirer is asked by a key, and when it was asked by it before: null for never. */
export interface AskingMark {
  readonly at: Date
  readonly before: Date | null
}

export interface AskedRow {
  readonly table: 'card_payment' | 'card_refund'
  readonly key: RawBuilder<unknown>
  /** Whether it may still be asked for. */
  readonly isOpen: RawBuilder<unknown>
}

/**
 * Says that the acquirer is being asked. Null when that is over: then nobody may ask. The moment before is what this one
 * took the place of, not what was read earlier: of two who ask at once, the second knows of the first. No two moments of
 * a row are the same, and each is after the last, whatever the clock says.
 */
export async function markAsked(
  db: Kysely<Tables>,
  { table, key, isOpen }: AskedRow,
  now: Date,
): Promise<AskingMark | null> {
  const { rows } = await sql<AskingMark>`
    update ${sql.table(table)} set asked_at = greatest(${now}::timestamptz, mark.before + interval '1 millisecond')
    from (select asked_at as before from ${sql.table(table)} where ${key} and ${isOpen} for update) mark
    where ${key}
    returning asked_at as at, mark.before
  `.execute(db)
  return rows[0] ?? null
}
