import type { ActionDependencies } from '../actions.ts'
import { askDueAttempts } from '../auto-payments/ask-acquirer.ts'
import { beginDueAttempts } from '../auto-payments/begin-attempts.ts'
import { chargeDueDays } from '../live-balance/charge-due-days.ts'
import type { Round } from '../rounds.ts'
import { watchSpendCaps } from '../spend-cap/watch-spend-caps.ts'

/** Each gives how much there was to look at. What is charged first may be what an automatic payment has to bring. */
const WORKS: Readonly<Record<string, (dependencies: ActionDependencies) => Promise<number>>> = {
  'days of the live balance are charged': chargeDueDays,
  'automatic payments begin': beginDueAttempts,
  'the acquirer is asked for automatic payments': askDueAttempts,
  'spending is compared with caps': watchSpendCaps,
}

const INTERVAL_MS = 5_000

/** What comes round by itself, each at its interval. */
export function recurringRounds(dependencies: ActionDependencies, intervalMs = INTERVAL_MS): Round[] {
  return Object.entries(WORKS).map(([name, work]) => ({ name, intervalMs, run: () => doWork(dependencies, work) }))
}

/** Does all of it once, one after another, for whoever has the time in their hands. Returns how much there was to do. */
export async function doRound(dependencies: ActionDependencies): Promise<number> {
  let looked = 0
  for (const work of Object.values(WORKS)) looked += await doWork(dependencies, work)
  return looked
}

async function doWork(
  dependencies: ActionDependencies,
  work: (dependencies: ActionDependencies) => Promise<number>,
): Promise<number> {
  const looked = await work(dependencies)
  if (looked > 0) dependencies.onEvent()
  return looked
}
