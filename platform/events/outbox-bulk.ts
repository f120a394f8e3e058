import type pg from 'pg'
import { copyRows } from '../database/copy.ts'
import { type DomainEvent, rowOf } from './event.ts'

/** Leaves events for one receiver, many at once, in the transaction of the changes they tell of, as `writeEvent` does each. */
export async function copyEvents(
  client: pg.ClientBase,
  schema: string,
  events: readonly DomainEvent[],
  receiver: string,
): Promise<void> {
  if (events.length === 0) return
  const columns = ['id', 'receiver', 'payload', 'row_key']
  const rows = events.map((event) => [event.id, receiver, JSON.stringify(event), rowOf(event)])
  await copyRows(client, { table: `${schema}.outbox`, columns }, rows)
}
