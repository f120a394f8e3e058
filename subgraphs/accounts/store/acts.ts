import { sql, type Transaction } from 'kysely'
import type { ActRecorded } from '../../../platform/events/event.ts'
import { authorOf } from '../../../platform/identity/author.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { Tables } from './tables.ts'

/** Something that was done to an account, or seen of it. */
export interface Act {
  readonly id: string
  readonly at: Date
  /** Whose account it was done to. */
  readonly accountId: string
  /** In the past tense: `PASSWORD_CHANGED`. */
  readonly kind: string
  readonly lineId?: string
  /** No secret and nothing that a log may not hold but ids. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Writes an act into the audit trail, in the transaction of the change it tells of. */
export async function recordAct(trx: Transaction<Tables>, viewer: Viewer, act: Act): Promise<void> {
  const by = authorOf(viewer, act.accountId)
  await trx
    .insertInto('act')
    .values({
      account_id: act.accountId,
      id: act.id,
      at: act.at,
      actor: by.actor,
      staff_roles: by.staffRoles && [...by.staffRoles],
      kind: act.kind,
      line_id: act.lineId ?? null,
      details: JSON.stringify(act.details ?? {}),
      address: by.address,
      session_id: by.sessionId,
      request_id: by.requestId,
      reason: by.reason,
    })
    .execute()
}

/**
 * Writes an act that another subgraph tells of. The event is recorded in the same statement: a second delivery writes
 * nothing and is told so by false.
 */
export async function insertReceivedAct(trx: Transaction<Tables>, event: ActRecorded): Promise<boolean> {
  const { by } = event
  const { rows } = await sql`
    with received as (
      insert into inbox (event_id) values (${event.id}) on conflict do nothing returning event_id
    )
    insert into act (account_id, id, at, actor, staff_roles, kind, line_id, details, address, session_id, request_id, reason)
    select ${event.accountId}::uuid, event_id, ${event.occurredAt}::timestamptz, ${by.actor}, ${by.staffRoles}::text[],
      ${event.act}, ${event.lineId}::uuid, ${JSON.stringify(event.details)}::jsonb, ${by.address}::inet, ${by.sessionId},
      ${by.requestId}, ${by.reason}
    from received
    returning id
  `.execute(trx)
  return rows.length > 0
}
