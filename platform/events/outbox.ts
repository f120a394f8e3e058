import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from '../logger.ts'
import { CLIENT_SPAN, inRootSpan, inSpan, readTraceparent, traceparent, underTraceparent } from '../sight/tracing.ts'
import { type DomainEvent, rowOf } from './event.ts'

/** The table that every subgraph with events has. */
export interface OutboxTables {
  outbox: { id: string; receiver: string; payload: unknown; created_at: Date }
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
    insert into outbox (id, receiver, payload)
    select ${event.id}, receiver, ${payload}::jsonb from unnest(${receivers}::text[]) as receiver
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
}

const POLL_INTERVAL_MS = 1_000
const RETRY_INTERVAL_MAX_MS = 10_000
const BATCH_SIZE = 100
/** Few: each takes a connection of whoever receives. */
const ROWS_AT_ONCE = 4

/**
 * Delivers events at least once: a row leaves the outbox after its receiver has taken it, in the transaction that
 * locked it, so any number of processes may run a relay. A receiver that is down holds back only its own rows, and
 * is asked more and more seldom until it is back.
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
  { db, logger, pollIntervalMs = POLL_INTERVAL_MS }: OutboxRelayOptions<Tables>,
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
      const delivered = await deliverBatch(db, receiver, deliver)
      if (failureCount > 0) logger.info({ receiver, failureCount }, 'events are delivered again')
      failureCount = 0
      return delivered
    } catch (error) {
      failureCount++
      const progress = { err: error, receiver, failureCount, retryInMs: retryInMs() }
      logger.warn(progress, 'events could not be delivered; they will be brought again')
      return 0
    }
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

/** Brings some of what waits for a receiver, the oldest first. Returns how many were taken. */
export async function deliverBatch<Tables extends OutboxTables>(
  db: Kysely<Tables>,
  receiver: string,
  deliver: Deliver,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; payload: LeftEvent }>`
      select id, payload from outbox where receiver = ${receiver}
      order by created_at limit ${BATCH_SIZE} for update skip locked
    `.execute(trx)
    const { taken, failure } = await deliverRows(rows, deliver)
    await sql`delete from outbox where receiver = ${receiver} and id = any(${taken}::uuid[])`.execute(trx)
    if (failure !== null && taken.length === 0) throw failure
    return taken.length
  })
}

interface OutboxRow {
  readonly id: string
  readonly payload: LeftEvent
}

/** Several rows of events at once: so that one which takes long, or is not taken, does not hold up the others. */
async function deliverRows(
  waiting: readonly OutboxRow[],
  deliver: Deliver,
): Promise<{ readonly taken: string[]; readonly failure: unknown }> {
  const rows = Map.groupBy(waiting, ({ payload }) => rowOf(payload)).values()
  const taken: string[] = []
  let failure: unknown = null
  const bringRows = async () => {
    for (const row of rows) {
      // Who takes nothing is down, and is not asked for each.
      if (failure !== null && taken.length === 0) return
      failure = (await deliverInOrder(row, deliver, taken)) ?? failure
    }
  }
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, bringRows))
  return { taken, failure }
}

/** Stops at the first that is not taken, so that what was taken can still be struck off. */
async function deliverInOrder(row: readonly OutboxRow[], deliver: Deliver, taken: string[]): Promise<unknown> {
  for (const { id, payload } of row) {
    try {
      await deliverLeft(payload, deliver)
      taken.push(id)
    } catch (error) {
      return error
    }
  }
  return null
}

/** Goes on with the trace of the change that it tells of: what one request brings about elsewhere is in one trace. */
function deliverLeft({ traceparent: left, ...event }: LeftEvent, deliver: Deliver): Promise<void> {
  const name = `deliver ${event.kind}`
  if (!readTraceparent(left)) return inRootSpan(name, CLIENT_SPAN, () => deliver(event))
  return underTraceparent(left, () => inSpan(name, CLIENT_SPAN, () => deliver(event)))
}
