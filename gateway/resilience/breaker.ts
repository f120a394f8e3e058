import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IBreaker,
  isBrokenCircuitError,
  noJitterGenerator,
  SamplingBreaker,
} from 'cockatiel'
import type { BreakerState } from '../observer.ts'

/** Keeps operations from a subgraph that does not answer, until one of them shows that it does again. */
export interface Breaker {
  readonly state: BreakerState
  /** Does the work, or throws `BreakerOpenError`. `isFault` says which errors are the subgraph's own. */
  run<Value>(work: () => Promise<Value>, isFault: (error: unknown) => boolean): Promise<Value>
}

export interface BreakerOptions {
  /** Opens after so many failures without a success between them … */
  readonly failuresInRow: number
  /** … or when this share of all fails, where there are many; never for it when it is 1. */
  readonly failureShare: number
  readonly shareOfMs: number
  /** How long it stays open before one operation may try: at first, and at most. */
  readonly openMs: number
  readonly openMsMax: number
  readonly onChange: (state: BreakerState) => void
}

/** Nobody was asked: the subgraph did not answer others a moment ago. */
export class BreakerOpenError extends Error {
  override readonly name = 'BreakerOpenError'
}

const STATES: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}

export function createBreaker(options: BreakerOptions): Breaker {
  const counts = createCounts(options)
  const policy = circuitBreaker(handleAll, {
    breaker: counts,
    halfOpenAfter: new ExponentialBackoff({
      initialDelay: options.openMs,
      maxDelay: options.openMsMax,
      // Without chance: each gateway opens at a moment of its own as it is.
      generator: noJitterGenerator,
    }),
  })
  policy.onStateChange((state) => options.onChange(STATES[state]))

  /** The policy is told of failures only: what goes well goes past it, as most does, and is counted. */
  async function count<Value>(work: Promise<Value>, isFault: (error: unknown) => boolean): Promise<Value> {
    try {
      const value = await work
      if (policy.state === CircuitState.Closed) counts.success(CircuitState.Closed)
      return value
    } catch (error) {
      // One that was sent before the breaker opened says nothing new, and is no try of a subgraph that is away.
      if (policy.state === CircuitState.Closed && isFault(error)) await policy.execute(() => fail(error)).catch(ignore)
      throw error
    }
  }

  return {
    get state() {
      return STATES[policy.state]
    },
    run(work, isFault) {
      if (policy.state === CircuitState.Closed) return count(work(), isFault)
      // The one that tries is on its way: others would wait for it.
      if (policy.state === CircuitState.HalfOpen) return Promise.reject(new BreakerOpenError())
      return policy.execute(work).catch((error: unknown) => {
        throw isBrokenCircuitError(error) ? new BreakerOpenError() : error
      })
    },
  }
}

/** Opens as soon as either would: all fails, or much of much. */
function createCounts({ failuresInRow, failureShare, shareOfMs }: BreakerOptions): IBreaker {
  const row = new ConsecutiveBreaker(failuresInRow)
  const share = failureShare < 1 ? new SamplingBreaker({ threshold: failureShare, duration: shareOfMs }) : null
  return {
    state: undefined,
    success(state) {
      row.success()
      share?.success(state)
    },
    failure(state) {
      const isRow = row.failure()
      return share?.failure(state) || isRow
    },
  }
}

async function fail(error: unknown): Promise<never> {
  throw error
}

function ignore(): void {
  // Whoever asked gets the error itself.
}
