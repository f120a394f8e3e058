import { type Kysely, sql, type Transaction } from 'kysely'
import type { Client, StaffRole } from '../../../platform/identity/viewer.ts'
import { ENDED_SESSIONS_CHANNEL } from './ended-sessions.ts'
import type { StaffSessionEnd } from './identity-tables.ts'
import type { Tables } from './tables.ts'

export interface NewStaffSession {
  readonly staffId: string
  readonly id: string
  readonly roles: readonly StaffRole[]
  readonly client: Client
  readonly now: Date
  readonly expiresAt: Date
}

export async function insertStaffSession(trx: Transaction<Tables>, session: NewStaffSession): Promise<void> {
  const { staffId, id, roles, client, now, expiresAt } = session
  await trx
    .insertInto('staff_session')
    .values({
      staff_id: staffId,
      id,
      roles: [...roles],
      device: client.device,
      address: client.address,
      created_at: now,
      expires_at: expiresAt,
    })
    .execute()
}

/** Ends a session that is open, and tells it to whoever listens. Whether there was one. */
export async function closeStaffSession(
  trx: Transaction<Tables>,
  { staffId, id }: { readonly staffId: string; readonly id: string },
  reason: StaffSessionEnd,
  now: Date,
): Promise<boolean> {
  const { rows } = await sql<{ ended: number }>`
    with ended as (
      update staff_session set ended_at = ${now}, end_reason = ${reason}
      where staff_id = ${staffId} and id = ${id} and ended_at is null
      returning staff_id, id, expires_at
    ), fed as (
      insert into ended_staff_session (staff_id, session_id, until)
      select staff_id, id, expires_at from ended where expires_at > ${now}
      returning session_id, until
    ), told as (
      select pg_notify(
        ${ENDED_SESSIONS_CHANNEL}, session_id || ' ' || (extract(epoch from until) * 1000)::bigint
      ) from fed
    )
    select (select count(*)::int from ended) as ended, (select count(*) from told) as told
  `.execute(trx)
  return (rows[0]?.ended ?? 0) > 0
}

/** Something that a member of staff did that was done to no customer's account. */
export interface StaffAct {
  readonly id: string
  readonly at: Date
  readonly staffId: string
  readonly kind: string
  readonly sessionId: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** Writes an act into the audit trail of staff, in the transaction of what it tells of. */
export async function recordStaffAct(
  trx: Kysely<Tables>,
  { client, requestId }: { readonly client: Client; readonly requestId: string },
  { id, at, staffId, kind, sessionId, details = {} }: StaffAct,
): Promise<void> {
  await trx
    .insertInto('staff_act')
    .values({
      staff_id: staffId,
      id,
      at,
      kind,
      details: JSON.stringify(details),
      address: client.address,
      session_id: sessionId,
      request_id: requestId,
    })
    .execute()
}
