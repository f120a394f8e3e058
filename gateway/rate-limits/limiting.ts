import { HeaderMap } from '@apollo/server'
import { GraphQLError } from 'graphql'
import type { Principal } from '../../platform/identity/viewer.ts'
import type { Logger } from '../../platform/logger.ts'
import type { SpendingLedger } from '../../platform/spending/spending.ts'
import type { GatewayObserver } from '../observer.ts'
import { networkOf } from './network-of.ts'
import { createRateLimiter, type Exceeded, type RateLimits } from './rate-limiter.ts'

/** Keeps senders within what they may ask for. */
export interface Limiting {
  /** Throws for a request that is over a limit. */
  spend(principal: Principal, address: string | null, cost: number): void
  close(): void
}

export interface LimitingOptions extends RateLimits {
  readonly ledger: SpendingLedger
}

export interface LimitingDependencies extends LimitingOptions {
  readonly logger: Logger
  readonly observer: GatewayObserver
}

/** For so long gateways may disagree. */
const SETTLE_EVERY_MS = 1_000

export function startLimiting({ ledger, logger, observer, ...limits }: LimitingDependencies): Limiting {
  const limiter = createRateLimiter({ limits, ledger, logger, now: () => performance.now() })
  let settling = false
  const timer = setInterval(async () => {
    // One report at a time: a slow ledger is not asked ever more.
    if (settling) return
    settling = true
    await limiter.settle()
    settling = false
  }, SETTLE_EVERY_MS)
  timer.unref()
  return {
    spend(principal, address, cost) {
      const spender = { viewer: viewerOf(principal), address: address === null ? null : networkOf(address) }
      const exceeded = limiter.spend(spender, cost)
      if (!exceeded) return
      observer.requestLimited?.(exceeded.limit)
      throw limited(exceeded)
    },
    close: () => clearInterval(timer),
  }
}

/** Where nothing is limited. */
export const NO_LIMITING: Limiting = { spend: () => undefined, close: () => undefined }

/** A person's requests are counted together, in whatever account and by however many sessions. */
function viewerOf(principal: Principal): string | null {
  switch (principal.kind) {
    case 'account':
      return principal.personId
    case 'staff':
      return `staff ${principal.staffId}`
    default:
      return null
  }
}

const WORDS: Readonly<Record<Exceeded['limit'], string>> = {
  viewer: 'You have asked for more than one may in a minute',
  address: 'More was asked for from your address than may be in a minute',
}

function limited({ limit, max, retryAfterSeconds: retryAfter }: Exceeded): GraphQLError {
  const message = `${WORDS[limit]}: the limit is a cost of ${max}. Try again in ${retryAfter} seconds.`
  const http = { status: 429, headers: new HeaderMap([['retry-after', String(retryAfter)]]) }
  const limitTold = { name: `${limit}CostPerMinute`, max }
  const extensions: Record<string, unknown> = { code: 'RATE_LIMITED', limit: limitTold, retryAfter, http }
  return new GraphQLError(message, { extensions })
}
