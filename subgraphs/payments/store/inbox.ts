import { sql, type Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** Marks an event as received, in the transaction of its effect; false when it had its effect before. */
export async function receiveOnce(trx: Transaction<Tables>, eventId: string): Promise<boolean> {
  const { rows } = await sql`
    insert into inbox (event_id) values (${eventId}) on conflict do nothing returning event_id
  `.execute(trx)
  return rows.length > 0
}
