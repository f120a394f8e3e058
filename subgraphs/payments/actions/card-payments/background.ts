import type { Logger } from '../../../../platform/logger.ts'
import { TimeoutError, withTimeout } from '../../../../platform/with-timeout.ts'

/** Work that a request waits for as long as it can, and that goes on when it cannot wait any more. */
export interface Background {
  /** Waits a moment for the work; whether it ended or not, it is finished before the process is. */
  run(work: () => Promise<void>): Promise<void>
  /** Waits for all that still goes on. */
  stop(): Promise<void>
}

/** With all that is done before, shorter than a gateway waits for a subgraph. */
const WAIT_MS = 1_000

export function createBackground(logger: Logger, waitMs = WAIT_MS): Background {
  const running = new Set<Promise<void>>()
  return {
    async run(work) {
      const going = work()
        // A job does it again.
        .catch((error: unknown) => logger.warn({ err: error }, 'the acquirer could not be asked in the request'))
        .finally(() => running.delete(going))
      running.add(going)
      await withTimeout(going, waitMs).catch((error: unknown) => {
        if (!(error instanceof TimeoutError)) throw error
      })
    },
    async stop() {
      await Promise.all(running)
    },
  }
}
