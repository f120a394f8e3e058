import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/** The open session's way of signing in; null when it has ended or is not there. */
export async function findOpenSession(
  trx: Transaction<Tables>,
  { personId, sessionId }: { readonly personId: string; readonly sessionId: string },
) {
  const row = await trx
    .selectFrom('session')
    .select('method')
    .where('person_id', '=', personId)
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  return row?.method ?? null
}
