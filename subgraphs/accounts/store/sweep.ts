import { type Kysely, sql } from 'kysely'
import { DELETED_AT_ONCE, deleteOlder } from '../../../platform/database/delete-older.ts'
import type { AccountsPolicies } from './policies.ts'
import type { Tables } from './tables.ts'

/** A table whose rows are of no use after a time. */
interface SweptTable {
  readonly table: string
  /** Says since when. */
  readonly column: string
  readonly keptHours: number
  /** Rows of these states stay, however old they are. */
  readonly keptStates?: readonly string[]
}

const DAY_HOURS = 24
/** An event that is delivered again comes within hours of the first time. */
const INBOX_DAYS = 30

function sweptTables({ 'message.retentionDays': messageDays }: AccountsPolicies): readonly SweptTable[] {
  const messageHours = messageDays * DAY_HOURS
  return [
    { table: 'used_captcha', column: 'expires_at', keptHours: 1 },
    { table: 'turn', column: 'ends_at', keptHours: 1 },
    { table: 'spending', column: 'ends_at', keptHours: 1 },
    { table: 'one_time_password_delivery', column: 'expires_at', keptHours: 1 },
    { table: 'decoy_message', column: 'expires_at', keptHours: 1 },
    { table: 'one_time_password', column: 'expires_at', keptHours: 1 },
    // Whatever still counts of a number happened in the day before.
    { table: 'one_time_password_use', column: 'touched_at', keptHours: 25 },
    { table: 'password_try', column: 'touched_at', keptHours: 25 },
    // One on its way is the sender's, which ends it when its time is over.
    { table: 'message', column: 'created_at', keptHours: messageHours, keptStates: ['QUEUED', 'SENDING'] },
    { table: 'message_receipt', column: 'created_at', keptHours: messageHours },
    { table: 'inbox', column: 'received_at', keptHours: INBOX_DAYS * DAY_HOURS },
  ]
}

/** Deletes some of what is of no use any more; the rest goes with the next sweep. Returns how many rows went. */
export async function sweep(db: Kysely<Tables>, policies: AccountsPolicies, now: Date): Promise<number> {
  let swept = 0
  for (const { table, column, keptHours, keptStates } of sweptTables(policies)) {
    const before = new Date(now.getTime() - keptHours * 3_600_000)
    const isOver = keptStates && { where: sql`status <> all(${keptStates}::text[])` }
    swept += await deleteOlder(db, { table, column, before, ...isOver })
  }
  return swept + (await sweepSessions(db, policies, now))
}

/** Those that nobody can use and nobody asks about: whether its device is known is asked of a session for long. */
async function sweepSessions(db: Kysely<Tables>, policies: AccountsPolicies, now: Date): Promise<number> {
  const keptDays = Math.max(policies['session.retentionDays'], policies['session.idleDays'])
  const before = new Date(now.getTime() - keptDays * DAY_HOURS * 3_600_000)
  const { rows } = await sql<{ swept: number }>`
    with gone as (
      delete from session where ctid = any(array(
        select ctid from session where last_used_at < ${before} limit ${DELETED_AT_ONCE} for update skip locked
      ))
      returning person_id, id
    ), gone_rotation as (
      delete from session_rotation using gone
      where session_rotation.person_id = gone.person_id and session_rotation.session_id = gone.id
    )
    select count(*)::int as swept from gone
  `.execute(db)
  return rows[0]?.swept ?? 0
}
