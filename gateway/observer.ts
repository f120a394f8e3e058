import type { Priority } from './admission/priorities.ts'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** Told of what the gateway does to stay well, so that it can be counted. Nothing of a person is told. */
export interface GatewayObserver {
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
