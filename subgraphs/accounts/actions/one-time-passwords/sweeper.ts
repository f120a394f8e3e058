import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Logger } from '../../../../platform/logger.ts'
import { sweepSignIn } from '../../store/sweep.ts'
import type { Tables } from '../../store/tables.ts'

export interface SweeperOptions {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly logger: Logger
  readonly intervalMs?: number
}

const INTERVAL_MS = 300_000

/**
 * Clears away what is left of signing in, now and then. Any number of processes may do so: nothing that is deleted is
 * of use to anybody.
 */
export function createSweeper({ db, clock, logger, intervalMs = INTERVAL_MS }: SweeperOptions): {
  stop(): Promise<void>
} {
  let sweeping = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = sweep()
  }, intervalMs)
  timer.unref()

  async function sweep(): Promise<void> {
    try {
      const swept = await sweepSignIn(db, clock.now())
      if (swept > 0) logger.debug({ swept }, 'what was left of signing in is swept away')
    } catch (error) {
      logger.warn({ err: error }, 'what is left of signing in could not be swept away; the next round will')
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
