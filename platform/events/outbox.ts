import { type Kysely, sql, type Transaction } from 'kysely'
import type { Logger } from '../logger.ts'
import type { DomainEvent } from './event.ts'

/** The table that every subgraph with events has. */
export interface OutboxTables {
  outbox: { id: string; receiver: string; payload: unknown; created_at: Date }
}

/** Takes an event to its receiver; rejects when it was not taken, and it will be brought again. */
export type Deliver = (event: DomainEvent) => Promise<void>

/** Writes an event in the transaction of the change it tells of: both happen or neither. */
export async function writeEvent<Tables extends OutboxTables>(
  trx: Transaction<Tables>,
  event: DomainEvent,
  receivers: readonly string[],
): Promise<void> {
  const payload = JSON.stringify(event)
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
const BATCH_SIZE = 100

/**
 * Delivers events at least once: a row leaves the outbox after its receiver has taken it, in the transaction that
 * locked it, so any number of processes may run a relay. A receiver that is down holds back only its own rows.
 */
export function createOutboxRelay<Tables extends OutboxTables>(options: OutboxRelayOptions<Tables>): OutboxRelay {
  const pollIntervalMs = options.pollIntervalMs ?? POLL_INTERVAL_MS
  let isStopped = false
  let isPoked = false
  let wake = (): void => undefined

  async function run(): Promise<void> {
    while (!isStopped) {
      isPoked = false
      const delivered = await deliverToAll(options)
      if (delivered === 0 && !isPoked && !isStopped) await pause()
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pollIntervalMs)
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
      wake()
    },
    async stop() {
      isStopped = true
      wake()
      await running
    },
  }
}

async function deliverToAll<Tables extends OutboxTables>(options: OutboxRelayOptions<Tables>): Promise<number> {
  const counts = Object.entries(options.receivers).map(async ([receiver, deliver]) => {
    try {
      return await deliverBatch(options.db, receiver, deliver)
    } catch (error) {
      options.logger.warn({ err: error, receiver }, 'events could not be delivered; they will be brought again')
      return 0
    }
  })
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
}

async function deliverBatch<Tables extends OutboxTables>(
  db: Kysely<Tables>,
  receiver: string,
  deliver: Deliver,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ id: string; payload: DomainEvent }>`
      select id, payload from outbox where receiver = ${receiver}
      order by created_at limit ${BATCH_SIZE} for update skip locked
    `.execute(trx)
    const taken: string[] = []
    const failure = await deliverInOrder(rows, deliver, taken)
    await sql`delete from outbox where receiver = ${receiver} and id = any(${taken}::uuid[])`.execute(trx)
    if (failure !== null && taken.length === 0) throw failure
    return taken.length
  })
}

/** Stops at the first that is not taken, so that what was taken can still be struck off. */
async function deliverInOrder(
  rows: readonly { id: string; payload: DomainEvent }[],
  deliver: Deliver,
  taken: string[],
): Promise<unknown> {
  for (const { id, payload } of rows) {
    try {
      await deliver(payload)
      taken.push(id)
    } catch (error) {
      return error
    }
  }
  return null
}
