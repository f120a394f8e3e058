import type { Kysely } from 'kysely'
import type { Logger } from '../logger.ts'
import type { Deliver, OutboxTables } from './outbox.ts'
import { BATCH_MS_DEFAULT, deliverBatch } from './outbox-batch.ts'

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
