import type { Logger } from '../logger.ts'

/** Runs `stop` once when the process is told to end, and ends it when that is done or takes too long. */
export function stopOnSignal(stop: () => Promise<void>, logger: Logger, timeoutMs = STOP_TIMEOUT_MS): void {
  let isStopping = false
  const onSignal = (signal: NodeJS.Signals) => {
    if (isStopping) return
    isStopping = true
    logger.info({ signal }, 'stopping: finishing what is in flight')
    setTimeout(() => process.exit(1), timeoutMs).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
}

/** An orchestrator that kills after a time gives more than this. */
export const STOP_TIMEOUT_MS = 15_000
