import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { EndedSession } from '../../../platform/identity/ended-sessions.ts'
import type { SessionEnd, Tables } from './tables.ts'

/** Which sessions: those for which all that is given is so. */
export interface SessionChoice {
  /** Of this person, in their own account and in organizations'. */
  readonly personId?: string | null
  /** In this account, whoever acts in it. */
  readonly accountId?: string | null
  readonly sessionIds?: readonly string[] | null
  /** The session that stays. */
  readonly except?: string | null
}

/** Accounts' processes listen here. A message is `<session id> <until, in milliseconds>`. */
export const ENDED_SESSIONS_CHANNEL = 'accounts_ended_sessions'

/**
 * Ends sessions and tells it to whoever listens, when the transaction is committed. Rows are locked in one order, so
 * that two who end the same sessions do not wait for each other. Returns how many were open.
 */
export async function markSessionsEnded(
  trx: Transaction<Tables>,
  { personId = null, accountId = null, sessionIds = null, except = null }: SessionChoice,
  { reason, now }: { readonly reason: SessionEnd; readonly now: Date },
): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    with chosen as (
      select person_id, id from session
      where (${personId}::uuid is null or person_id = ${personId})
        and (${accountId}::uuid is null or account_id = ${accountId})
        and (${sessionIds}::uuid[] is null or id = any(${sessionIds}))
        and (${except}::uuid is null or id <> ${except})
        and ended_at is null
      order by person_id, id
      for update
    ), ended as (
      update session set ended_at = ${now}, end_reason = ${reason}
      from chosen where session.person_id = chosen.person_id and session.id = chosen.id
      returning session.person_id, session.id, session.access_until
    ), fed as (
      insert into ended_session (person_id, session_id, until)
      select person_id, id, access_until from ended where access_until > ${now}
      on conflict do nothing
      returning session_id, until
    ), told as (
      select pg_notify(
        ${ENDED_SESSIONS_CHANNEL}, session_id || ' ' || (extract(epoch from until) * 1000)::bigint
      ) from fed
    )
    select (select count(*)::int from ended) as ended, (select count(*) from told) as told
  `.execute(trx)
  return rows[0]?.ended ?? 0
}

/** Ends what is more than a person may have open: those that were used longest ago. */
export async function endSessionsBeyond(
  trx: Transaction<Tables>,
  { personId, openMax, now }: { readonly personId: string; readonly openMax: number; readonly now: Date },
): Promise<void> {
  const beyond = await trx
    .selectFrom('session')
    .select('id')
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .orderBy('last_used_at', 'desc')
    .orderBy('id', 'desc')
    .offset(openMax)
    .execute()
  if (beyond.length === 0) return
  await markSessionsEnded(trx, { personId, sessionIds: beyond.map(({ id }) => id) }, { reason: 'REPLACED', now })
}

/** A message of the channel. */
export function readEndedSession(message: string): EndedSession {
  const [sessionId = '', untilMs = ''] = message.split(' ')
  return { sessionId, untilMs: Number(untilMs) }
}

const ENDED_SESSIONS = prepareStatement<{ readonly now: Date }, { readonly session_id: string; readonly until: Date }>(
  'ended-sessions',
  ({ now }) => sql`
    select session_id, until from ended_session where until > ${now}::timestamptz
    union all
    select session_id, until from ended_staff_session where until > ${now}::timestamptz
  `,
)

/** All that ended before their access tokens did. */
export async function readEndedSessions(reader: Pick<Reader, 'read'>, now: Date): Promise<EndedSession[]> {
  const rows = await reader.read(ENDED_SESSIONS, { now })
  return rows.map(({ session_id, until }) => ({ sessionId: session_id, untilMs: until.getTime() }))
}

/** What another process forgets at this moment is left to it. */
const FORGET = prepareStatement<{ readonly now: Date }, object>(
  'forget-ended-sessions',
  ({ now }) => sql`
    with of_staff as (delete from ended_staff_session where until <= ${now}::timestamptz)
    delete from ended_session where (person_id, session_id) in (
      select person_id, session_id from ended_session where until <= ${now}::timestamptz
      order by until limit 1000 for update skip locked
    )
  `,
)

export async function forgetEndedSessions(reader: Pick<Reader, 'read'>, now: Date): Promise<void> {
  await reader.read(FORGET, { now })
}
