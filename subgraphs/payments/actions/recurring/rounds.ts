import type { Logger } from '../../../../platform/logger.ts'
import type { ActionDependencies } from '../actions.ts'
import { askDueAttempts } from '../auto-payments/ask-acquirer.ts'
import { beginDueAttempts } from '../auto-payments/begin-attempts.ts'
import { chargeDueDays } from '../live-balance/charge-due-days.ts'
import { watchSpendCaps } from '../spend-cap/watch-spend-caps.ts'

/**
 * Does once all whose time has come by the clock: fees of the live balance, automatic payments, warnings of caps.
 * Any number of processes may, at one time too: each effect is once. Returns how much there was to look at.
 */
export async function doRound(dependencies: ActionDependencies): Promise<number> {
  // What is taken first may be what an automatic payment has to bring.
  const works = [chargeDueDays, beginDueAttempts, askDueAttempts, watchSpendCaps]
  let looked = 0
  for (const work of works) looked += await work(dependencies)
  if (looked > 0) dependencies.onEvent()
  return looked
}

const INTERVAL_MS = 5_000

/** Does a round now and then. One that fails is reported: the next does what it left. */
export function startRounds(
  dependencies: ActionDependencies & { readonly logger: Logger },
  intervalMs = INTERVAL_MS,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  const timer = setInterval(() => {
    running ??= doRound(dependencies)
      .then(() => undefined)
      .catch((error: unknown) =>
        dependencies.logger.warn({ err: error }, 'a round of what is due did not finish; the next goes on'),
      )
      .finally(() => {
        running = null
      })
  }, intervalMs)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
