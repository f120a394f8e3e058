import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../../store/tables.ts'

/** How long nothing may happen while something is under way. */
const PATIENCE_MS = 60_000

/**
 * Resolves when nothing of these lines is under way any more, or when nothing happens any more: transfers end by
 * themselves, and what nobody has ended by time. What has not ended is found afterwards.
 */
export async function untilSettled(db: Kysely<Tables>, lineIds: readonly string[]): Promise<void> {
  let least = Number.POSITIVE_INFINITY
  for (let endsAt = performance.now() + PATIENCE_MS; performance.now() < endsAt; await sleep(100)) {
    const count = await countUnderWay(db, lineIds)
    if (count === 0) return
    if (count < least) {
      least = count
      endsAt = performance.now() + PATIENCE_MS
    }
  }
}

/** Events that are not delivered, and payments and holds of these lines that wait. */
export async function countUnderWay(db: Kysely<Tables>, lineIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select ((select count(*) from outbox)
      + (select count(*) from payment where line_id = any(${lineIds}::uuid[]) and status = 'PENDING')
      + (select count(*) from hold where line_id = any(${lineIds}::uuid[]) and state = 'PENDING'))::int as count
  `.execute(db)
  return rows[0]?.count ?? 0
}
