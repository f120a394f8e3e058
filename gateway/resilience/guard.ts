import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../platform/logger.ts'
import type { Randomness } from '../../platform/random.ts'
import { TimeoutError, withTimeout } from '../../platform/with-timeout.ts'
import type { GatewayObserver } from '../observer.ts'
import { isTransient } from '../transport/transport-error.ts'
import { type Breaker, BreakerOpenError, createBreaker } from './breaker.ts'
import { type Bulkhead, BulkheadFullError, createBulkhead } from './bulkhead.ts'
import type { ResilienceOptions } from './options.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'

/** Stands before one subgraph, whatever is asked of it, and for as long as the gateway runs. */
export interface Guard {
  readonly breaker: Pick<Breaker, 'state'>
  readonly bulkhead: Pick<Bulkhead, 'inFlight' | 'waiting'>
  /** How long the fetches took that were answered, since they were last taken from here. */
  takeTimes(): FetchTimes
  /** How many fetches have been on their way for longer than this. */
  countOlderThan(ms: number): number
  /** Asks, and gives the answer within the time; `ask` may be called twice when it is for a query. */
  run<Value>(ask: () => Promise<Value>, patience: Patience): Promise<Value>
}

export interface FetchTimes {
  readonly count: number
  readonly totalMs: number
}

export interface Patience {
  readonly isQuery: boolean
  readonly waitMs: number
}

export interface GuardDependencies {
  readonly subgraph: string
  /** What a fetch gets that has all the time: one that had much less and ran out of it says nothing of the subgraph. */
  readonly timeoutMs: number
  readonly options: ResilienceOptions
  readonly random: Randomness
  readonly logger: Logger
  readonly observer: GatewayObserver
}

export function createGuard(dependencies: GuardDependencies): Guard {
  const { subgraph, options, observer } = dependencies
  const bulkhead = createBulkhead(options)
  const budget = createRetryBudget(options)
  const breaker = createGuardBreaker(dependencies)
  const retrier = createRetrier(dependencies, budget)
  /** When each that is on its way began, the oldest first. */
  const onTheirWay = new Set<{ readonly startedAt: number }>()
  let count = 0
  let totalMs = 0

  return {
    breaker,
    bulkhead,
    takeTimes() {
      const taken = { count, totalMs }
      count = 0
      totalMs = 0
      return taken
    },
    countOlderThan(ms) {
      const before = performance.now() - ms
      let older = 0
      for (const { startedAt } of onTheirWay) {
        if (startedAt >= before) break
        older++
      }
      return older
    },
    async run(ask, { isQuery, waitMs }) {
      const startedAt = performance.now()
      try {
        const place = bulkhead.enter(waitMs)
        if (place !== null) await place
      } catch (error) {
        observer.fetchRefused?.(subgraph, 'full')
        throw error
      }
      const fetch = { startedAt }
      onTheirWay.add(fetch)
      const leftMs = waitMs - (performance.now() - startedAt)
      const isFault = (error: unknown) => !(error instanceof TimeoutError) || leftMs * 2 >= dependencies.timeoutMs
      try {
        const send = () => withTimeout(isQuery ? retrier(ask, startedAt + waitMs) : ask(), leftMs)
        const value = await breaker.run(send, isFault)
        count++
        const tookMs = performance.now() - startedAt
        totalMs += tookMs
        observer.fetchAnswered?.(subgraph, tookMs)
        return value
      } catch (error) {
        if (error instanceof BreakerOpenError) observer.fetchRefused?.(subgraph, 'open')
        else observer.fetchFailed?.(subgraph)
        throw error
      } finally {
        onTheirWay.delete(fetch)
        bulkhead.leave()
      }
    },
  }
}

/** Whether an operation was not even sent; then nothing new is known of the subgraph, and there is nothing to log. */
export function wasRefused(error: unknown): boolean {
  return error instanceof BreakerOpenError || error instanceof BulkheadFullError
}

function createGuardBreaker({ subgraph, options, observer, logger }: GuardDependencies): Breaker {
  return createBreaker({
    ...options,
    onChange(state) {
      observer.breakerChanged?.(subgraph, state)
      if (state === 'open') logger.warn({ subgraph }, 'a subgraph is not asked for a while: it did not answer')
      if (state === 'closed') logger.info({ subgraph }, 'a subgraph is asked again: it answers')
    },
  })
}

/** Asks once more, after a pause, when the connection broke and not the subgraph; never past the deadline. */
function createRetrier({ subgraph, options, random, observer }: GuardDependencies, budget: RetryBudget) {
  return async <Value>(ask: () => Promise<Value>, deadlineMs: number): Promise<Value> => {
    budget.earn()
    try {
      return await ask()
    } catch (error) {
      if (!isTransient(error) || !budget.spend()) throw error
      await sleep(random.below(options.retryPauseMsMax))
      // Whoever waited has given up.
      if (performance.now() >= deadlineMs) throw error
      observer.fetchRetried?.(subgraph)
      return ask()
    }
  }
}
