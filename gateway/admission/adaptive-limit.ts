/** What a moment told of how busy this process and what is behind it are. */
export interface Strain {
  /** How much later than it should the event loop came to a timer. */
  readonly loopDelayMs: number
  /** What a fetch took on average, of the subgraph that was fastest. */
  readonly fetchMs: number
  /** The most that were worked on at once. */
  readonly peak: number
}

export interface LimitOptions {
  readonly limitMin: number
  readonly limitMax: number
}

/** So many are always worked on at once, however strained a moment was. */
export const LIMIT_MIN = 64

/** A process that has just begun does not know yet what it can do, and finds out in a second or two. */
export const LIMIT_AT_FIRST = 128

/** A loop that is later, or fetches that take longer, mean that work waits for work. */
const LOOP_DELAY_MAX_MS = 60
/** Of the fastest subgraph: one that is slow by itself says nothing of the load. */
const FETCH_MAX_MS = 500
const DECREASE = 0.9
/** When it is as bad as this, a tenth at a time would take seconds. */
const BADLY = 5
const DECREASE_BADLY = 0.7
const INCREASE = 8
/** A limit that is not reached is not tried, and so not raised. */
const REACHED_SHARE = 0.6

/** How many requests may be worked on at once after a moment like this: fewer by a part, or a few more. */
export function nextLimit(limit: number, strain: Strain, { limitMin, limitMax }: LimitOptions): number {
  const strained = Math.max(strain.loopDelayMs / LOOP_DELAY_MAX_MS, strain.fetchMs / FETCH_MAX_MS)
  if (strained > 1) return Math.max(limitMin, Math.floor(limit * (strained > BADLY ? DECREASE_BADLY : DECREASE)))
  return strain.peak >= limit * REACHED_SHARE ? Math.min(limitMax, limit + INCREASE) : limit
}
