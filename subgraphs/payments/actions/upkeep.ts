import { expireHolds } from '../ledger/holds.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import type { ActionDependencies } from './actions.ts'
import type { Round } from './rounds.ts'

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/** All that time alone brings about in payments. */
export function upkeepRounds(dependencies: ActionDependencies): Round[] {
  const { db, clock } = dependencies
  return [
    { name: 'holds expire', intervalMs: 10 * SECOND_MS, run: () => expireHolds(db, clock.now()) },
    { name: 'keys are forgotten', intervalMs: 600 * SECOND_MS, run: () => forgetOldKeys(dependencies) },
  ]
}

async function forgetOldKeys({ db, clock, policies }: ActionDependencies): Promise<void> {
  const { 'idempotency.ttlDays': ttlDays } = await policies.current()
  await forgetKeys(db, new Date(clock.now().getTime() - ttlDays * DAY_MS))
}
