import { LRUCache } from 'lru-cache'
import type { Logger } from '../../platform/logger.ts'
import type { SpendingLedger } from '../../platform/spending/spending.ts'

/** How much of each may be asked for. */
export interface RateLimits {
  /** Cost that one who is signed in may ask for in a minute, by however many sessions. */
  readonly viewerCostPerMinute: number
  /** Cost that may come from one address in a minute: many people share one. */
  readonly addressCostPerMinute: number
}

export type LimitedBy = 'viewer' | 'address'

/** A request that is over a limit: which, how much it is, and when it would not be any more. */
export interface Exceeded {
  readonly limit: LimitedBy
  readonly max: number
  readonly retryAfterSeconds: number
}

/** Whom a request counts for; nobody is signed in when `viewer` is null. */
export interface Spender {
  readonly viewer: string | null
  readonly address: string | null
}

export interface RateLimiter {
  /** Spends the cost for each of the two, or for neither: then what is exceeded. */
  spend(spender: Spender, cost: number): Exceeded | null
  /** Tells the ledger what is worth telling, and learns what other gateways have let through. */
  settle(): Promise<void>
}

export interface RateLimiterDependencies {
  readonly limits: RateLimits
  readonly ledger: SpendingLedger
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  readonly logger: Logger
}

/** What somebody has spent and not yet forgotten. */
interface Account {
  level: number
  atMs: number
  /** Spent here, and not told yet. */
  untold: number
}

const MINUTE_SECONDS = 60
const ACCOUNTS_MAX = 100_000
/** Who spends less than this part of the limit is not told of: most people never cost a statement. */
const TOLD_SHARE = 0.05
/** Of one statement; the others are told with the next. */
const REPORTS_MAX = 1_000

/**
 * Counts in memory, and agrees with the other gateways through a ledger now and then. What was spent is forgotten
 * evenly, a minute's limit in a minute: so there are no windows to wait for the end of. While the ledger is away each
 * gateway goes on by what it knows.
 */
export function createRateLimiter({ limits, ledger, now, logger }: RateLimiterDependencies): RateLimiter {
  const viewers = createBook('viewer', limits.viewerCostPerMinute, now)
  const addresses = createBook('address', limits.addressCostPerMinute, now)
  let isAway = false

  return {
    spend({ viewer, address }, cost) {
      const exceeded =
        (viewer === null ? null : viewers.exceeded(viewer, cost)) ??
        (address === null ? null : addresses.exceeded(address, cost))
      if (exceeded) return exceeded
      if (viewer !== null) viewers.add(viewer, cost)
      if (address !== null) addresses.add(address, cost)
      return null
    },
    async settle() {
      const told = takeUntold([viewers, addresses])
      if (told.length === 0) return
      const reports = told.map(({ key, spent, forgottenPerSecond }) => ({ key, spent, forgottenPerSecond }))
      try {
        const levels = await ledger.tell(reports)
        for (const [index, { learn }] of told.entries()) learn(levels[index] ?? 0)
        if (isAway) logger.info('the limits are shared with the other gateways again')
        isAway = false
      } catch (error) {
        for (const { keep } of told) keep()
        if (!isAway) logger.warn({ err: error }, 'the limits are not shared with the other gateways: each counts alone')
        isAway = true
      }
    },
  }
}

/** Something to tell, and what to do when it was told or could not be. */
interface Telling {
  readonly key: string
  readonly spent: number
  readonly forgottenPerSecond: number
  learn(level: number): void
  keep(): void
}

/** As much as may be told at once: what is not taken stays for the next time. */
function takeUntold(books: readonly { takeUntold(): Iterable<Telling> }[]): Telling[] {
  const taken: Telling[] = []
  for (const book of books) {
    for (const telling of book.takeUntold()) if (taken.push(telling) === REPORTS_MAX) return taken
  }
  return taken
}

/** The accounts of one kind. */
function createBook(limit: LimitedBy, max: number, now: () => number) {
  const accounts = new LRUCache<string, Account>({ max: ACCOUNTS_MAX })
  const untold = new Map<string, Account>()
  const forgottenPerSecond = max / MINUTE_SECONDS
  const toldFrom = max * TOLD_SHARE

  function accountOf(name: string): Account {
    const atMs = now()
    const known = accounts.get(name)
    if (known) {
      known.level = Math.max(0, known.level - ((atMs - known.atMs) / 1_000) * forgottenPerSecond)
      known.atMs = atMs
      return known
    }
    const account = { level: 0, atMs, untold: 0 }
    accounts.set(name, account)
    return account
  }

  return {
    exceeded(name: string, cost: number): Exceeded | null {
      const over = accountOf(name).level + cost - max
      if (over <= 0) return null
      return { limit, max, retryAfterSeconds: Math.ceil(over / forgottenPerSecond) }
    },
    add(name: string, cost: number): void {
      const account = accountOf(name)
      account.level += cost
      account.untold += cost
      if (account.untold >= toldFrom) untold.set(name, account)
    },
    *takeUntold(): Generator<Telling> {
      for (const [name, account] of untold) {
        untold.delete(name)
        const spent = account.untold
        account.untold = 0
        yield {
          key: `${limit} ${name}`,
          spent,
          forgottenPerSecond,
          learn(level) {
            account.level = level + account.untold
            account.atMs = now()
          },
          keep() {
            account.untold += spent
            untold.set(name, account)
          },
        }
      }
    },
  }
}
