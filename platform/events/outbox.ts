import { sql, type Transaction } from 'kysely'
import { traceparent } from '../sight/tracing.ts'
import { type DomainEvent, rowOf } from './event.ts'

/** The table that every subgraph with events has. */
export interface OutboxTables {
  outbox: {
    id: string
    receiver: string
    payload: unknown
    created_at: Date
    row_key: string | null
    failures: number
    next_try_at: Date
  }
}

/** An event as it waits, and the span in which it was left. */
export type LeftEvent = DomainEvent & { readonly traceparent?: string | undefined }

/** Takes an event to its receiver; rejects when it was not taken, and it will be brought again. */
export type Deliver = (event: DomainEvent) => Promise<void>

/** Writes an event in the transaction of the change it tells of: both happen or neither. */
export async function writeEvent<Tables extends OutboxTables>(
  trx: Transaction<Tables>,
  event: DomainEvent,
  receivers: readonly string[],
): Promise<void> {
  const left: LeftEvent = { ...event, traceparent: traceparent() }
  const payload = JSON.stringify(left)
  await sql`
    insert into outbox (id, receiver, payload, row_key)
    select ${event.id}, receiver, ${payload}::jsonb, ${rowOf(event)} from unnest(${receivers}::text[]) as receiver
  `.execute(trx)
}
