import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { E164 } from '../../../platform/phone.ts'
import type { Receipt } from '../../../platform/sms/transport.ts'
import type { Tables } from './tables.ts'

/** A message in one attempt to send it. */
export interface ClaimedMessage {
  readonly phone: E164
  readonly id: string
  readonly body: string
  readonly expires_at: Date
  readonly attempt: string
}

export interface Claim {
  /** Names the attempt. */
  readonly attempt: string
  readonly limit: number
  readonly now: Date
  readonly until: Date
}

export interface Swept {
  /** Messages whose attempt ended with its process, after they may have left. */
  readonly unknown: readonly string[]
  /** How many go out again, for they certainly did not leave. */
  readonly requeued: number
  readonly expired: number
}

/** The messages that wait to be sent, for any number of senders: each message is in one attempt at most. */
export interface MessageQueue {
  /** Takes messages for an attempt that is over at `until`, unless it is extended. */
  claim(claim: Claim): Promise<ClaimedMessage[]>
  /** Says that these messages of an attempt leave now. Gives those that still may: the others were lost to time. */
  markWritten(attempt: string, now: Date): Promise<ClaimedMessage[]>
  extend(attempts: readonly string[], until: Date): Promise<void>
  accepted(message: ClaimedMessage, smscIds: readonly string[], now: Date): Promise<void>
  /** It did not leave, and goes out again after `notBefore`. */
  release(message: ClaimedMessage, notBefore: Date): Promise<void>
  failed(message: ClaimedMessage, failure: string, now: Date): Promise<void>
  unknown(message: ClaimedMessage, now: Date): Promise<void>
  receipt(receipt: Receipt, now: Date): Promise<void>
  /** Ends what is out of date: messages that are of no use any more, and attempts that nobody extended. */
  sweep(now: Date): Promise<Swept>
}

export function createMessageQueue(db: Kysely<Tables>): MessageQueue {
  const run = async <Row>(statement: RawBuilder<Row>): Promise<Row[]> => (await statement.execute(db)).rows
  return {
    claim: (claim) => run(claimQueued(claim)),
    markWritten: (attempt, now) => run(markWritten(attempt, now)),
    async extend(attempts, until) {
      await run(sql`
        update message set claimed_until = ${until} where status = 'SENDING' and attempt = any(${attempts}::uuid[])
      `)
    },
    async accepted(message, smscIds, now) {
      await run(recordAccepted(message, smscIds, now))
    },
    async release(message, notBefore) {
      await run(sql`
        update message
        set status = 'QUEUED', attempt = null, claimed_until = null, written_at = null, not_before = ${notBefore}
        where ${isOf(message)} and status = 'SENDING'
      `)
    },
    async failed(message, failure, now) {
      await run(sql`
        update message set status = 'FAILED', failure = ${failure}, body = null, ended_at = ${now}
        where ${isOf(message)} and status in ('SENDING', 'UNKNOWN')
      `)
    },
    async unknown(message, now) {
      await run(sql`
        update message set status = 'UNKNOWN', body = null, ended_at = ${now}
        where ${isOf(message)} and status = 'SENDING'
      `)
    },
    async receipt(receipt, now) {
      await run(recordReceipt(receipt, now))
    },
    sweep: (now) => sweep(run, now),
  }
}

function claimQueued({ attempt, limit, now, until }: Claim): RawBuilder<ClaimedMessage> {
  return sql`
    update message
    set status = 'SENDING', attempt = ${attempt}, claimed_until = ${until}, written_at = null
    where (phone, id) in (
      select phone, id from message
      where status = 'QUEUED' and expires_at > ${now} and (not_before is null or not_before <= ${now})
      order by (purpose = 'NOTICE'), created_at
      limit ${limit}
      for update skip locked
    )
    returning phone, id, body, expires_at, attempt
  `
}

/** Only for as long as the attempt is ours: after that another may have the message already. */
function markWritten(attempt: string, now: Date): RawBuilder<ClaimedMessage> {
  return sql`
    update message set written_at = ${now}
    where status = 'SENDING' and attempt = ${attempt} and claimed_until > ${now} and expires_at > ${now}
    returning phone, id, body, expires_at, attempt
  `
}

/**
 * Files the message under the ids of its parts. Receipts that came before this answer wait there: the row that both
 * write decides who of the two comes second and has the whole.
 */
function recordAccepted(message: ClaimedMessage, smscIds: readonly string[], now: Date): RawBuilder<unknown> {
  const named = [...new Set(smscIds.filter((id) => id !== ''))]
  return sql`
    with part as (
      insert into message_receipt as known (smsc_id, phone, message_id, created_at)
      select smsc_id, ${message.phone}, ${message.id}::uuid, ${now}::timestamptz
      from unnest(${named}::text[]) as given (smsc_id)
      on conflict (smsc_id) do update
        set phone = excluded.phone, message_id = excluded.message_id, created_at = excluded.created_at,
          -- An id that named another message before was used again: what became of that one is not ours.
          outcome = case when known.message_id is null then known.outcome end
      returning outcome
    ), told as (
      select count(*) filter (where outcome = 'DELIVERED')::smallint as delivered,
        max(outcome) filter (where outcome <> 'DELIVERED') as trouble
      from part
    )
    update message
    set body = null, sent_at = ${now}, part_count = ${smscIds.length}, parts_delivered = told.delivered,
      status = coalesce(told.trouble, case when told.delivered = ${smscIds.length} then 'DELIVERED' else 'SENT' end),
      ended_at = case when told.trouble is not null or told.delivered = ${smscIds.length} then ${now}::timestamptz end
    from told
    where ${isOf(message)} and status in ('SENDING', 'UNKNOWN')
  `
}

/**
 * The first receipt of an id counts, the same one again changes nothing. A message that this statement still sees in
 * SENDING may be in SENT by the time it is written to, so both are looked for.
 */
function recordReceipt({ smscId, outcome }: Receipt, now: Date): RawBuilder<unknown> {
  return sql`
    with known as (
      insert into message_receipt as receipt (smsc_id, outcome, created_at) values (${smscId}, ${outcome}, ${now})
      on conflict (smsc_id) do update set outcome = excluded.outcome where receipt.outcome is null
      returning phone, message_id
    )
    update message
    set parts_delivered = parts_delivered + (${outcome} = 'DELIVERED')::int,
      status = case
        when ${outcome} <> 'DELIVERED' then ${outcome}
        when parts_delivered + 1 >= part_count then 'DELIVERED'
        else status
      end,
      ended_at = case when ${outcome} <> 'DELIVERED' or parts_delivered + 1 >= part_count then ${now}::timestamptz end
    from known
    where message.phone = known.phone and message.id = known.message_id and status in ('SENDING', 'SENT', 'UNKNOWN')
  `
}

function isOf({ phone, id, attempt }: ClaimedMessage): RawBuilder<boolean> {
  return sql`phone = ${phone} and id = ${id} and attempt = ${attempt}`
}

type Run = <Row>(statement: RawBuilder<Row>) => Promise<Row[]>

async function sweep(run: Run, now: Date): Promise<Swept> {
  const expired = await run(sql`
    update message set status = 'EXPIRED', body = null, ended_at = ${now}
    where status = 'QUEUED' and expires_at <= ${now}
    returning id
  `)
  const ended = await run<{ id: string; status: string }>(sql`
    update message
    set status = case when written_at is null then 'QUEUED' else 'UNKNOWN' end,
      body = case when written_at is null then body end,
      ended_at = case when written_at is null then null else ${now}::timestamptz end
    where status = 'SENDING' and claimed_until <= ${now}
    returning id, status
  `)
  const unknown = ended.filter(({ status }) => status === 'UNKNOWN').map(({ id }) => id)
  return { unknown, requeued: ended.length - unknown.length, expired: expired.length }
}
