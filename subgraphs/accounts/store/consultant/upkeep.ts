import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { ConversationKey } from './conversations.ts'

/** How many are dealt with in one statement; the rest in the next round. */
const BATCH_SIZE = 200

/** Puts back into the queue what was taken and left lying. Returns how many. */
export async function returnAbandoned(db: Kysely<Tables>, now: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    update conversation set status = 'WAITING', taken_by = null, lease_until = null
    where status = 'IN_PROGRESS' and lease_until <= ${now} and (account_id, id) in (
      select account_id, id from conversation where status = 'IN_PROGRESS' and lease_until <= ${now}
      limit ${BATCH_SIZE} for update skip locked
    )
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}

/** Marks what nobody has answered by its deadline. Of many workers each gets others, and each conversation comes once. */
export async function escalateOverdue(trx: Transaction<Tables>, now: Date): Promise<ConversationKey[]> {
  const { rows } = await sql<ConversationKey>`
    update conversation set escalated_at = ${now}
    where (account_id, id) in (
      select account_id, id from conversation
      where status in ('WAITING', 'IN_PROGRESS') and deadline_at <= ${now} and escalated_at is null
      limit ${BATCH_SIZE} for update skip locked
    )
    returning account_id as "accountId", id
  `.execute(trx)
  return rows
}

/** Erases conversations in which nothing has happened since, with all that is kept of them. Returns how many. */
export async function eraseConversations(trx: Transaction<Tables>, unchangedSince: Date): Promise<number> {
  const { rows } = await sql<{ account_id: string; id: string }>`
    delete from conversation where (account_id, id) in (
      select account_id, id from conversation
      where changed_at < ${unchangedSince} and status not in ('WAITING', 'IN_PROGRESS')
      order by changed_at limit ${BATCH_SIZE} for update skip locked
    )
    returning account_id, id
  `.execute(trx)
  const accounts = rows.map(({ account_id }) => account_id)
  const ids = rows.map(({ id }) => id)
  const gone = sql`(account_id, conversation_id) in (select * from unnest(${accounts}::uuid[], ${ids}::uuid[]))`
  await sql`delete from conversation_message where ${gone}`.execute(trx)
  await sql`delete from consultant_request where ${gone}`.execute(trx)
  await sql`delete from conversation_directory where conversation_id = any(${ids}::uuid[])`.execute(trx)
  return rows.length
}
