import { unavailable } from '../../../platform/errors.ts'
import { SimSwapUnavailableError } from '../../../platform/sim-swap/sim-swap.ts'
import type { ActionDependencies } from './actions.ts'
import { type LineInService, orUnavailable } from './line-in-service.ts'

const HOUR_MS = 3_600_000

type Dependencies = Pick<ActionDependencies, 'ask' | 'simSwap' | 'policies'>

/**
 * Until when money does not move to others because a SIM was changed: that of the line that pays, or of any line that
 * opens the cabinet of the person who acts; null when it may. Asked before the transaction. Throws the retryable
 * `SUBGRAPH_UNAVAILABLE` when nobody can say: who has just taken somebody's number must not gain by that.
 */
export async function findSimHold(
  dependencies: Dependencies,
  { line, personId, now }: { readonly line: LineInService; readonly personId: string; readonly now: Date },
): Promise<Date | null> {
  const [ofLine, ofPerson] = await Promise.all([
    findLineHold(dependencies, line, now),
    findPersonHold(dependencies, personId),
  ])
  return ofLine !== null && (ofPerson === null || ofLine > ofPerson) ? ofLine : ofPerson
}

const SIM_HOLD = 'query ($personId: ID!) { simHold(personId: $personId) }'

/** Accounts know which numbers open a cabinet: a one-time password to any of them lets in. */
async function findPersonHold({ ask }: Dependencies, personId: string): Promise<Date | null> {
  const { simHold } = await orUnavailable(ask.accounts({ query: SIM_HOLD, variables: { personId } }))
  return simHold === null ? null : new Date(String(simHold))
}

async function findLineHold(
  { simSwap, policies }: Dependencies,
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
