import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from '../logger.ts'
import { CLIENT_SPAN, inRootSpan, inSpan, readTraceparent, traceparent, underTraceparent } from '../sight/tracing.ts'
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
type LeftEvent = DomainEvent & { readonly traceparent?: string | undefined }

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

export interface OutboxRelay {
  /** Delivers what waits now, without waiting for the next round. */
  poke(): void
  stop(): Promise<void>
}

export interface OutboxRelayOptions<Tables extends OutboxTables> {
  readonly db: Kysely<Tables>
  readonly receivers: Readonly<Record<string, Deliver>>
  readonly logger: Logger
  readonly pollIntervalMs?: number
  readonly batchMs?: number
}

const POLL_INTERVAL_MS = 1_000
const RETRY_INTERVAL_MAX_MS = 10_000
/** For one event that is not taken while others are. */
const EVENT_RETRY_INTERVAL_MAX_MS = 30_000
const BATCH_SIZE = 100
/** After so long a batch is struck off as far as it came: a transaction that is idle for a minute is ended by the server. */
const BATCH_MS_DEFAULT = 20_000
/** Few: each takes a connection of whoever receives. */
const ROWS_AT_ONCE = 4
/** How many times as many are tried, at most, when nothing was taken the last times: it may be they, and not the receiver. */
const PERSISTENCE_MAX = 4

/**
 * Delivers events at least once: a row leaves the outbox after its receiver has taken it, in the transaction that
 * locked it, so any number of processes may run a relay. A receiver that is down holds back only its own rows, and
 * is asked more and more seldom until it is back. An event that its receiver does not take holds back only those that
 * are behind it in its row: it is brought again after ever longer pauses, when all that was not tried yet has been.
 */
export function createOutboxRelay<Tables extends OutboxTables>(options: OutboxRelayOptions<Tables>): OutboxRelay {
  const relays = Object.entries(options.receivers).map(([receiver, deliver]) =>
    createReceiverRelay(options, receiver, deliver),
  )
  return {
    poke() {
      for (const relay of relays) relay.poke()
    },
    async stop() {
      await Promise.all(relays.map((relay) => relay.stop()))
    },
  }
}

function createReceiverRelay<Tables extends OutboxTables>(
  { db, logger, pollIntervalMs = POLL_INTERVAL_MS, batchMs = BATCH_MS_DEFAULT }: OutboxRelayOptions<Tables>,
  receiver: string,
  deliver: Deliver,
): OutboxRelay {
  let isStopped = false
  let isPoked = false
  let failureCount = 0
  let wake = (): void => undefined

  async function run(): Promise<void> {
    while (!isStopped) {
      isPoked = false
      const delivered = await attempt()
      if (isStopped) return
      if (failureCount > 0) await pause(retryInMs())
      else if (delivered === 0 && !isPoked) await pause(pollIntervalMs)
    }
  }

  async function attempt(): Promise<number> {
    try {
      const { taken, refused } = await deliverBatch({
        ...{ db, receiver, deliver, batchMs, failureCount },
        retryMs: pollIntervalMs,
      })
      if (taken.length === 0 && refused[0]) {
        return noteFailure(
          refused[0].error,
          refused.map(({ id }) => id),
        )
      }
      for (const { id, error } of refused) {
        logger.warn({ err: error, receiver, id }, 'an event was not taken; it will be brought again')
      }
      if (failureCount > 0 && taken.length > 0) logger.info({ receiver, failureCount }, 'events are delivered again')
      failureCount = 0
      return taken.length
    } catch (error) {
      return noteFailure(error)
    }
  }

  /** Whether it is the receiver, or these events alone, is not known as long as nothing else is taken. */
  function noteFailure(err: unknown, ids: readonly string[] = []): number {
    failureCount++
    const progress = { err, receiver, ids, failureCount, retryInMs: retryInMs() }
    logger.warn(progress, 'events could not be delivered; they will be brought again')
    return 0
  }

  function retryInMs(): number {
    return Math.min(pollIntervalMs * 2 ** (failureCount - 1), RETRY_INTERVAL_MAX_MS)
  }

  function pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, durationMs)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  const running = run()
  return {
    poke() {
      isPoked = true
      // Whoever is down is not asked more often because there is more to tell.
      if (failureCount === 0) wake()
    },
    async stop() {
      isStopped = true
      wake()
      await running
    },
  }
}

interface Batch<Tables extends OutboxTables> {
  readonly db: Kysely<Tables>
  readonly receiver: string
  readonly deliver: Deliver
  /** How often in a row nothing was taken. */
  readonly failureCount: number
  /** The first pause of an event that is not taken; each is twice the one before. */
  readonly retryMs: number
  readonly batchMs: number
}

interface Delivered {
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
async function deliverBatch<Tables extends OutboxTables>(batch: Batch<Tables>): Promise<Delivered> {
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
