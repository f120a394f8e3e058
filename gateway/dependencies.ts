import type { Clock } from '../platform/clock.ts'
import type { Principal, StaffRole } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import type { Randomness } from '../platform/random.ts'
import type { LimitOptions } from './admission/adaptive-limit.ts'
import type { SupergraphSource } from './engine/engine.ts'
import type { ReadNetwork } from './network-element.ts'
import type { GatewayObserver } from './observer.ts'
import type { LimitingOptions } from './rate-limits/limiting.ts'
import type { ResilienceOptions } from './resilience/options.ts'
import type { Transport } from './transport/transport.ts'

export interface GatewayDependencies {
  readonly supergraph: SupergraphSource
  /** How to reach each subgraph of the supergraph, by name. */
  readonly transports: (subgraph: SubgraphAddress) => Transport
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>
  readonly clock: Clock
  readonly newId: () => string
  readonly logger: Logger
  readonly subgraphTimeoutMs?: number
  /** How subgraphs in trouble are dealt with, where it is not as usual. */
  readonly resilience?: Partial<ResilienceOptions>
  /** Spreads retries. */
  readonly random?: Randomness
  readonly observer?: GatewayObserver
  /** How many requests may be worked on at once, at least and at most; any number, when left out. */
  readonly admission?: LimitOptions
  /** How much one sender may ask for; anything, when left out. */
  readonly rateLimits?: LimitingOptions
  /** Introspection, explorers and cross-origin requests of Apollo's Sandbox. */
  readonly isDevelopment: boolean
  readonly operations: OperationsOptions
  /** False for a supergraph that is not ours: the limits of operations fit ours. */
  readonly hasOperationLimits?: boolean
  /** The sites whose pages may ask this gateway from a browser; none if left out. */
  readonly allowedOrigins?: readonly string[]
  /** Addresses or networks (CIDR) of the balancers before this gateway: only they may say whom they speak for. */
  readonly trustedProxies?: readonly string[]
  /** What the operator's network says of a request; nothing, where there is no element that says it. */
  readonly readNetwork?: ReadNetwork
  /** How long "not ready" is shown before connections are refused. */
  readonly drainDelayMs?: number
}

/** Which operations may be run. */
export interface OperationsOptions {
  /** The folder with the manifests of registered operations; they are read again with each supergraph. */
  readonly manifests: string | null
  /** Whether anybody may run what is not registered. */
  readonly isOpen: boolean
  /** The roles of staff that may run any operation where it is not open. */
  readonly adHocRoles: readonly StaffRole[]
}

/** None is registered, and anybody may run any. */
export const ALL_OPERATIONS: OperationsOptions = { manifests: null, isOpen: true, adHocRoles: [] }

/** A subgraph as the supergraph names it. */
export interface SubgraphAddress {
  readonly name: string
  readonly url: string
}
