import type { GatewayObserver } from '../observer.ts'
import { LIMIT_AT_FIRST, type LimitOptions, nextLimit, type Strain } from './adaptive-limit.ts'
import type { Priority } from './priorities.ts'

/** Decides which requests are worked on when there are more than can be. */
export interface Admission {
  readonly limit: number
  readonly inFlight: number
  /** How long what is read now may have waited for this process before, at the most. */
  readonly waitedMs: number
  /** Whether not even what is vital has a place: then nothing needs to be read to know that it has none. */
  readonly isFull: boolean
  /** Takes a place; false when others go first. `null` is a text that nobody has seen: little of that is looked at. */
  enter(priority: Priority | null): boolean
  /** Whether one that has a place keeps it, now that its priority is known. */
  mayStay(priority: Priority): boolean
  /** Whether there is room for it, which then takes no place: a stream stays for hours and does little. */
  hasRoom(priority: Priority): boolean
  leave(): void
  /** What the last moment was like: the limit follows it. Those that wait for a subgraph in trouble take no place. */
  feel(strain: Omit<Strain, 'peak'>, stalledCount?: number): void
}

/** How much of the limit each may fill. What is vital goes past it: it is little, and it is what people cannot wait for. */
const SHARES: Readonly<Record<Priority, number>> = { vital: 1.5, change: 1, read: 0.85, stream: 0.7 }

/** Half of the time in which an answer was promised is over: who comes again sooner gets one than who waits on. */
const WAITED_MAX_MS = 1_500

/** Texts nobody has seen that are read for their priority between two looks at the strain, when there is no room. */
const UNKNOWN_MAX = 5

export function createAdmission(options: LimitOptions, observer: GatewayObserver = {}): Admission {
  let limit = Math.min(options.limitMax, LIMIT_AT_FIRST)
  let inFlight = 0
  let peak = 0
  let unknownCount = 0
  let stalled = 0
  let waitedMs = 0

  const isRoomFor = (priority: Priority, count: number) =>
    count - stalled < limit * SHARES[priority] && count < options.limitMax * SHARES[priority]
  const refuse = (priority: Priority): false => {
    observer.requestShed?.(priority)
    return false
  }
  function mayEnter(priority: Priority | null): boolean {
    if (waitedMs > WAITED_MAX_MS && priority !== 'vital') return false
    if (priority !== null) return isRoomFor(priority, inFlight)
    return isRoomFor('read', inFlight) || (isRoomFor('vital', inFlight) && unknownCount++ < UNKNOWN_MAX)
  }
  return {
    get limit() {
      return limit
    },
    get inFlight() {
      return inFlight
    },
    get waitedMs() {
      return waitedMs
    },
    get isFull() {
      return !isRoomFor('vital', inFlight)
    },
    enter(priority) {
      if (!mayEnter(priority)) return refuse(priority ?? 'read')
      inFlight++
      peak = Math.max(peak, inFlight - stalled)
      return true
    },
    mayStay: (priority) => isRoomFor(priority, inFlight - 1) || refuse(priority),
    hasRoom: (priority) => isRoomFor(priority, inFlight) || refuse(priority),
    leave() {
      inFlight--
    },
    feel(strain, stalledCount = 0) {
      const before = limit
      limit = nextLimit(limit, { ...strain, peak }, options)
      stalled = stalledCount
      waitedMs = Math.max(0, strain.loopDelayMs)
      peak = inFlight - stalled
      unknownCount = 0
      if (limit !== before) observer.concurrencyLimitChanged?.(limit)
    },
  }
}
