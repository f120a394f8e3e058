import { unavailable } from '../../../platform/errors.ts'
import { SimSwapUnavailableError } from '../../../platform/sim-swap/sim-swap.ts'
import type { ActionDependencies } from './actions.ts'
import type { LineInService } from './line-in-service.ts'

const HOUR_MS = 3_600_000

/**
 * Until when money of a line does not move to others because its SIM was changed; null when it may. The network is
 * asked: before the transaction. Throws the retryable `SUBGRAPH_UNAVAILABLE` when it does not answer: who has just taken
 * somebody's number must not gain by that.
 */
export async function findSimHold(
  { simSwap, policies }: Pick<ActionDependencies, 'simSwap' | 'policies'>,
  { phone, activatedOn }: LineInService,
  now: Date,
): Promise<Date | null> {
  const holdMs = (await policies.current())['simSwap.holdHours'] * HOUR_MS
  // There is no SIM behind a line whose number is another's.
  if (phone === null || holdMs === 0) return null
  const changedAt = await simSwap.retrieveDate(phone).catch((error: unknown) => {
    throw error instanceof SimSwapUnavailableError ? unavailable() : error
  })
  if (changedAt === null || isFirstSim(changedAt, activatedOn)) return null
  const until = new Date(changedAt.getTime() + holdMs)
  return until > now ? until : null
}

/** The network calls the first SIM of a line a change too: nobody could have lost the number to it. */
function isFirstSim(changedAt: Date, activatedOn: string): boolean {
  return changedAt.toISOString().slice(0, 'YYYY-MM-DD'.length) <= activatedOn
}
