import type { Grant } from '../../../../platform/access/grant.ts'
import { findBalance } from '../../ledger/find-balance.ts'
import { isAllowed } from '../../store/line-access.ts'
import type { ActionDependencies } from '../actions.ts'
import { findLineInService } from '../line-in-service.ts'
import { promiseFacts } from './facts.ts'
import { amountMax, type FailedPromiseRule, lineObstacles, offersOf, type PromiseOffer } from './rules.ts'

/** What a line could be promised now; kopecks. */
export interface PromiseEligibility {
  readonly offers: readonly PromiseOffer[]
  readonly amountMax: bigint
  /** What stands against any of them; empty when nothing does. */
  readonly failed: readonly FailedPromiseRule[]
  readonly timeZone: string
}

/** Finds out by the rules that decide when it is taken. Null for a line that the asker may not pay for. */
export async function checkPromisedPayment(
  dependencies: ActionDependencies,
  lineId: string,
  grant: Grant,
): Promise<PromiseEligibility | null> {
  const { db, clock } = dependencies
  const now = clock.now()
  const balance = await db
    .transaction()
    .execute(async (trx) => ((await isAllowed(trx, lineId, grant, now)) ? findBalance(trx, lineId, 'KOPECK') : null))
  const line = balance && (await findLineInService(dependencies, lineId))
  if (!line) return null
  const policies = await dependencies.policies.current()
  const facts = await promiseFacts(db, { balance, line, policies, now })
  // One that is due is as good as taken back.
  const isOver = facts.activeUntil !== null && facts.activeUntil <= now
  return {
    offers: offersOf(facts),
    amountMax: amountMax(facts),
    failed: lineObstacles(isOver ? { ...facts, activeUntil: null } : facts),
    timeZone: policies['operator.timeZone'],
  }
}
