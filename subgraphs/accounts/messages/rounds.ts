import type { Logger } from '../../../platform/logger.ts'

/** Work that is done in rounds: at once when there is something to do, and from time to time in any case. */
export interface Rounds {
  /** Begins a round now, or one more after the one that runs. */
  poke(): void
  /** Waits for the end of the round that runs; there is none after it. */
  stop(): Promise<void>
}

export interface RoundsOptions {
  /** True when the next round should follow at once. */
  readonly round: () => Promise<boolean>
  readonly pollIntervalMs: number
  readonly logger: Logger
  readonly name: string
}

export function createRounds({ round, pollIntervalMs, logger, name }: RoundsOptions): Rounds {
  let isStopped = false
  let isPoked = false
  let wake = (): void => undefined

  async function run(): Promise<void> {
    while (!isStopped) {
      isPoked = false
      const isMore = await attempt()
      if (!isStopped && !isMore && !isPoked) await pause()
    }
  }

  async function attempt(): Promise<boolean> {
    try {
      return await round()
    } catch (error) {
      logger.warn({ reason: reasonOf(error), name }, 'a round of work failed; it is done again')
      isPoked = false
      return false
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

/** What a log may say of an error of the database: its code. The error itself may quote a row. */
export function reasonOf(error: unknown): string {
  return (error as { code?: string }).code ?? (error as Error).name
}
