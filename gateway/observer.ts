import type { CacheCounts } from '../platform/sight/cache-counts.ts'
import type { Priority } from './admission/priorities.ts'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** An operation that was answered. */
export interface AnsweredOperation {
  /** That of a registered one; `other` for any else. */
  readonly name: string
  readonly durationMs: number
  /** Of the errors in the answer. */
  readonly codes: readonly string[]
}

/** Told of what the gateway does, so that it can be counted. Nothing of a person is told. */
export interface GatewayObserver {
  operationAnswered?(answered: AnsweredOperation): void
  /** How the cache of compiled operations does can be asked from now on. */
  watchOperationCache?(read: () => CacheCounts): void
  fetchAnswered?(subgraph: string, durationMs: number): void
  /** A fetch was sent, and no answer came that is one. */
  fetchFailed?(subgraph: string): void
  breakerChanged?(subgraph: string, state: BreakerState): void
  /** A fetch was not sent: its breaker was open, or too many were on their way. */
  fetchRefused?(subgraph: string, reason: 'open' | 'full'): void
  fetchRetried?(subgraph: string): void
  /** A request was sent away because there were too many. */
  requestShed?(priority: Priority): void
  /** How many requests may be worked on at once, from now on. */
  concurrencyLimitChanged?(limit: number): void
  /** A request was sent away because its sender had too many. */
  requestLimited?(limit: 'viewer' | 'address'): void
  /** A query got the answer of an equal one. */
  answerShared?(): void
}
