import { type RawBuilder, sql } from 'kysely'

/** Where the next page of what is to be looked at begins, and how many there are on it. */
export interface DuePage<Item> {
  /** The last of the page before; null for the first. */
  readonly after: Item | null
  readonly limit: number
}

/** A line that is to be looked at, whenever. */
export interface LineToLookAt {
  readonly id: string
}

/** What is to be looked at from a moment on. */
export interface DueItem {
  readonly id: string
  /** As the database writes it, whose moments are finer than ours. */
  readonly dueAt: string
}

/** Before all others. */
export const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** Whether a row comes later by its moment and its id, on which there is an index: each page begins where one ended. */
export function isDueAfter(columns: { dueAt: string; id: string }, after: DueItem | null): RawBuilder<boolean> {
  return sql`(${sql.ref(columns.dueAt)}, ${sql.ref(columns.id)})
    > (${after?.dueAt ?? '-infinity'}::timestamptz, ${after?.id ?? FIRST_ID}::uuid)`
}
