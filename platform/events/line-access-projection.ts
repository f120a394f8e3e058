import { type Kysely, sql } from 'kysely'
import type { LineAccessChanged } from './event.ts'

/**
 * Keeps a subgraph's copy of the rights on lines. The event is recorded in the transaction of its effect, so that a
 * second delivery has none; an older version never replaces a newer one.
 */
export async function applyLineAccessChanged(db: Kysely<never>, event: LineAccessChanged): Promise<void> {
  await sql`
    with received as (
      insert into inbox (event_id) values (${event.id}) on conflict do nothing returning event_id
    )
    insert into line_access as known (line_id, account_id, rights, until, version)
    select ${event.lineId}::uuid, ${event.accountId}::uuid, ${event.rights}::smallint, ${event.until}::timestamptz,
      ${event.version}::bigint
    from received
    on conflict (line_id, account_id) do update
      set rights = excluded.rights, until = excluded.until, version = excluded.version
      where known.version < excluded.version
  `.execute(db)
}
