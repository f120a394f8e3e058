import type { Kysely } from 'kysely'
import type { Clock } from '../../../platform/clock.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { expireHolds } from '../ledger/holds.ts'
import { forgetKeys } from '../store/idempotency-keys.ts'
import type { PaymentsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'

export interface UpkeepOptions {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly policies: Policies<PaymentsPolicies>
  readonly logger: Logger
  readonly intervalMs?: number
}

const INTERVAL_MS = 10_000
const DAY_MS = 86_400_000

/** What time alone brings about: holds expire, keys are forgotten. Any number of processes may; each effect is once. */
export async function doUpkeep({ db, clock, policies }: UpkeepOptions): Promise<void> {
  const now = clock.now()
  const { 'idempotency.ttlDays': ttlDays } = await policies.current()
  await expireHolds(db, now)
  await forgetKeys(db, new Date(now.getTime() - ttlDays * DAY_MS))
}

/** Does so now and then. */
export function startUpkeep(options: UpkeepOptions): { stop(): Promise<void> } {
  let running = Promise.resolve()
  let isRunning = false
  const timer = setInterval(() => {
    if (!isRunning) running = round()
  }, options.intervalMs ?? INTERVAL_MS)
  timer.unref()

  async function round(): Promise<void> {
    isRunning = true
    try {
      await doUpkeep(options)
    } catch (error) {
      options.logger.warn({ err: error }, 'upkeep of the ledger did not finish; the next round goes on')
    } finally {
      isRunning = false
    }
  }

  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
