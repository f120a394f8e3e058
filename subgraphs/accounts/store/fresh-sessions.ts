import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** Whether this session is open and was opened after a moment. */
export async function hasSessionSince(
  db: Kysely<Tables>,
  { personId, sessionId, since }: { readonly personId: string; readonly sessionId: string; readonly since: Date },
): Promise<boolean> {
  const row = await db
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('created_at', '>', since)
    .executeTakeFirst()
  return row !== undefined
}
