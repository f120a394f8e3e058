import type { BreakerOptions } from './breaker.ts'
import type { BulkheadOptions } from './bulkhead.ts'
import type { RetryBudgetOptions } from './retry-budget.ts'

/** How the gateway deals with one subgraph that is in trouble. */
export interface ResilienceOptions extends BulkheadOptions, RetryBudgetOptions, Omit<BreakerOptions, 'onChange'> {
  /** A retry waits for a random part of this: those that failed together do not come back together. */
  readonly retryPauseMsMax: number
}

/** Decision 0025 says why these. */
export const RESILIENCE: ResilienceOptions = {
  inFlightMax: 512,
  waitingMax: 512,
  retryShare: 0.1,
  retriesKeptMax: 100,
  retryPauseMsMax: 50,
  failuresInRow: 10,
  failureShare: 0.5,
  shareOfMs: 10_000,
  openMs: 500,
  openMsMax: 2_000,
}
