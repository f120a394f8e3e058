import type { Kysely } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import type { AccountsPolicies } from '../store/policies.ts'
import { sweep } from '../store/sweep.ts'
import type { Tables } from '../store/tables.ts'

export interface SweeperOptions {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly policies: Policies<AccountsPolicies>
  readonly logger: Logger
  readonly intervalMs?: number
}

const INTERVAL_MS = 300_000

/**
 * Clears away what is over, now and then: what is left of signing in, old messages, old marks of events. Any number of processes may do so: nothing that is deleted is
 * of use to anybody.
 */
export function createSweeper({ db, clock, policies, logger, intervalMs = INTERVAL_MS }: SweeperOptions): {
  stop(): Promise<void>
} {
  let sweeping = Promise.resolve()
  const timer = setInterval(() => {
    sweeping = round()
  }, intervalMs)
  timer.unref()

  async function round(): Promise<void> {
    try {
      const swept = await sweep(db, await policies.current(), clock.now())
      if (swept > 0) logger.debug({ swept }, 'what was of no use any more is swept away')
    } catch (error) {
      logger.warn({ err: error }, 'what is of no use any more could not be swept away; the next round will')
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await sweeping
    },
  }
}
