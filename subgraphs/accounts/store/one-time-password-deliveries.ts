import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { MessageStatus, Tables } from './tables.ts'

/** A password's message on its way out, and what is told of it should nobody have the number. */
export interface NewDelivery {
  readonly phone: E164
  /** The password's, the delivery's and the message's. */
  readonly id: string
  /** Whether anybody has the number: nothing is sent otherwise. */
  readonly isKnown: boolean
  /** Sealed. */
  readonly body: string
  readonly now: Date
  readonly expiresAt: Date
  readonly decoy: DecoyFate
}

export interface DecoyFate {
  readonly sentAt: Date
  readonly endedAt: Date
  readonly endedAs: 'DELIVERED' | 'FAILED'
}

/**
 * Leaves the message for the sender, or, for a number that nobody has, a decoy of the same size: by the same statements,
 * so that neither their text nor their time tells which it was.
 */
export async function putDelivery(trx: Transaction<Tables>, delivery: NewDelivery): Promise<void> {
  const { phone, id, isKnown, body, now, expiresAt, decoy } = delivery
  await trx.insertInto('one_time_password_delivery').values({ id, phone, expires_at: expiresAt }).execute()
  await sql`
    with sent as (
      insert into message (phone, id, purpose, body, created_at, expires_at)
      select ${phone}, ${id}::uuid, 'ONE_TIME_PASSWORD', ${body}, ${now}::timestamptz, ${expiresAt}::timestamptz
      where ${isKnown}
    )
    insert into decoy_message (phone, id, body, sent_at, ended_at, ended_as, expires_at)
    select ${phone}, ${id}::uuid, ${body}, ${decoy.sentAt}::timestamptz, ${decoy.endedAt}::timestamptz,
      ${decoy.endedAs}, ${expiresAt}::timestamptz
    where not ${isKnown}
  `.execute(trx)
}

/** Remembers the messages of the number. */
export async function recordSent(trx: Transaction<Tables>, phone: E164, sentAt: readonly Date[]): Promise<void> {
  await sql`
    update one_time_password_use set sent_at = ${sentAt}::timestamptz[] where phone = ${phone}
  `.execute(trx)
}

/** The request that a delivery goes back to. */
export interface RequestRow {
  readonly requestId: string
  readonly requestedAt: Date
  /** Passwords that were sent for it. */
  readonly sends: number
}

/** Of a delivery to a number that the transaction holds; null when it is not to that number. */
export async function readRequest(trx: Transaction<Tables>, phone: E164, id: string): Promise<RequestRow | null> {
  const { rows } = await sql<RequestRow>`
    select root.id as "requestId", root.created_at as "requestedAt",
      (select count(*)::int from one_time_password as sent where sent.phone = root.phone and sent.request_id = root.id)
        as sends
    from one_time_password as password
    join one_time_password as root on root.phone = password.phone and root.id = password.request_id
    where password.phone = ${phone} and password.id = ${id}
  `.execute(trx)
  return rows[0] ?? null
}

export interface DeliveryRow extends RequestRow {
  readonly id: string
  readonly phone: E164
  readonly expiresAt: Date
  /** When messages went to the number lately, oldest first. */
  readonly sentAt: Date[]
  /** Null when nothing was sent, or the sender has forgotten it. */
  readonly messageStatus: MessageStatus | null
  /** Null when something was sent. */
  readonly decoySentAt: Date | null
  readonly decoyEndedAt: Date | null
  readonly decoyEndedAs: DecoyFate['endedAs'] | null
}

const DELIVERIES = prepareStatement<{ readonly ids: readonly string[]; readonly now: Date }, DeliveryRow>(
  'one-time-password-deliveries',
  ({ ids, now }) => sql`
    select delivery.id, delivery.phone, delivery.expires_at as "expiresAt", use.sent_at as "sentAt",
      root.id as "requestId", root.created_at as "requestedAt",
      (select count(*)::int from one_time_password as sent where sent.phone = root.phone and sent.request_id = root.id)
        as sends,
      message.status as "messageStatus", decoy.sent_at as "decoySentAt", decoy.ended_at as "decoyEndedAt",
      decoy.ended_as as "decoyEndedAs"
    from one_time_password_delivery as delivery
    join one_time_password as password on password.phone = delivery.phone and password.id = delivery.id
    join one_time_password as root on root.phone = password.phone and root.id = password.request_id
    join one_time_password_use as use on use.phone = delivery.phone
    left join message on message.phone = delivery.phone and message.id = delivery.id
    left join decoy_message as decoy on decoy.phone = delivery.phone and decoy.id = delivery.id
    where delivery.id = any(${ids}::uuid[]) and delivery.expires_at > ${now}::timestamptz
  `,
)

/** The deliveries of these ids, in their order; null where there is none, or its password has expired. */
export async function readDeliveries(
  reader: Reader,
  ids: readonly string[],
  now: Date,
): Promise<(DeliveryRow | null)[]> {
  const rows = await reader.read(DELIVERIES, { ids, now })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) ?? null)
}
