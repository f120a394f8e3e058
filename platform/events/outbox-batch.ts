import { type Kysely, sql, type Transaction } from 'kysely'
import { CLIENT_SPAN, inRootSpan, inSpan, readTraceparent, underTraceparent } from '../sight/tracing.ts'
import { rowOf } from './event.ts'
import type { Deliver, LeftEvent, OutboxTables } from './outbox.ts'

/** For one event that is not taken while others are. */
const EVENT_RETRY_INTERVAL_MAX_MS = 30_000
const BATCH_SIZE = 100
/** After so long a batch is struck off as far as it came: a transaction that is idle for a minute is ended by the server. */
export const BATCH_MS_DEFAULT = 20_000
/** Few: each takes a connection of whoever receives. */
const ROWS_AT_ONCE = 4
/** How many times as many are tried, at most, when nothing was taken the last times: it may be they, and not the receiver. */
const PERSISTENCE_MAX = 4

export interface Batch<Tables extends OutboxTables> {
  readonly db: Kysely<Tables>
  readonly receiver: string
  readonly deliver: Deliver
  /** How often in a row nothing was taken. */
  readonly failureCount: number
  /** The first pause of an event that is not taken; each is twice the one before. */
  readonly retryMs: number
  readonly batchMs: number
}

export interface Delivered {
  /** The ids of events. */
  readonly taken: string[]
  readonly refused: { readonly id: string; readonly error: unknown }[]
}

/** Brings some of what waits for a receiver, the oldest first; for whoever has no relay. Returns how many were taken. */
export async function deliverSome<Tables extends OutboxTables>(
  db: Kysely<Tables>,
  receiver: string,
  deliver: Deliver,
): Promise<number> {
  const { taken, refused } = await deliverBatch({
    db,
    receiver,
    deliver,
    batchMs: BATCH_MS_DEFAULT,
    failureCount: 0,
    retryMs: 0,
  })
  if (refused[0]) throw refused[0].error
  return taken.length
}

/**
 * What was not tried yet comes first, so that however many are not taken hold up nothing else. Those behind one that was
 * not taken wait until it is: each row keeps its order.
 */
export async function deliverBatch<Tables extends OutboxTables>(batch: Batch<Tables>): Promise<Delivered> {
  const { db, receiver } = batch
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<OutboxRow>`
      select id, payload, row_key from outbox as waiting
      where receiver = ${receiver} and next_try_at <= now() and not exists (
        select from outbox as earlier
        where earlier.receiver = waiting.receiver and earlier.row_key = waiting.row_key and earlier.failures > 0
          and (earlier.created_at, earlier.id) < (waiting.created_at, waiting.id)
      )
      order by next_try_at, created_at, id limit ${BATCH_SIZE} for update of waiting skip locked
    `.execute(trx)
    const delivered = await deliverRows(rows, batch)
    await sql`delete from outbox where receiver = ${receiver} and id = any(${delivered.taken}::uuid[])`.execute(trx)
    await putOff(trx, batch, delivered)
    return delivered
  })
}

async function putOff<Tables extends OutboxTables>(
  trx: Transaction<Tables>,
  { receiver, retryMs }: Batch<Tables>,
  { refused }: Delivered,
): Promise<void> {
  if (refused.length === 0) return
  const ids = refused.map(({ id }) => id)
  await sql`
    update outbox set failures = failures + 1, next_try_at = now()
      + make_interval(secs => least(${EVENT_RETRY_INTERVAL_MAX_MS}::float8, ${retryMs}::float8 * 2 ^ least(failures, 20)) / 1000)
    where receiver = ${receiver} and id = any(${ids}::uuid[])
  `.execute(trx)
}

interface OutboxRow {
  readonly id: string
  readonly payload: LeftEvent
  /** Null for what was left before rows had keys. */
  readonly row_key: string | null
}

/** Several rows of events at once: so that one which takes long, or is not taken, does not hold up the others. */
async function deliverRows(
  waiting: readonly OutboxRow[],
  { deliver, failureCount, batchMs }: Pick<Batch<OutboxTables>, 'deliver' | 'failureCount' | 'batchMs'>,
): Promise<Delivered> {
  // As whoever left it says: of what row an event of a later release is one, nobody else knows.
  const rows = Map.groupBy(waiting, ({ payload, row_key }) => row_key ?? rowOf(payload)).values()
  const delivered: Delivered = { taken: [], refused: [] }
  const endsAt = performance.now() + batchMs
  const refusedMax = ROWS_AT_ONCE * Math.min(failureCount, PERSISTENCE_MAX)
  const bringRows = async () => {
    for (const row of rows) {
      // Who takes nothing is down, and is not asked for each.
      if (delivered.refused.length > refusedMax && delivered.taken.length === 0) return
      await deliverInOrder(row, deliver, { ...delivered, endsAt })
    }
  }
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, bringRows))
  return delivered
}

/** Stops at the first that is not taken, and when time is up, so that what was taken can still be struck off. */
async function deliverInOrder(
  row: readonly OutboxRow[],
  deliver: Deliver,
  { taken, refused, endsAt }: Delivered & { readonly endsAt: number },
): Promise<void> {
  for (const { id, payload } of row) {
    if (performance.now() > endsAt) return
    try {
      await deliverLeft(payload, deliver)
      taken.push(id)
    } catch (error) {
      refused.push({ id, error })
      return
    }
  }
}

/** Goes on with the trace of the change that it tells of: what one request brings about elsewhere is in one trace. */
function deliverLeft({ traceparent: left, ...event }: LeftEvent, deliver: Deliver): Promise<void> {
  const name = `deliver ${event.kind}`
  if (!readTraceparent(left)) return inRootSpan(name, CLIENT_SPAN, () => deliver(event))
  return underTraceparent(left, () => inSpan(name, CLIENT_SPAN, () => deliver(event)))
}
