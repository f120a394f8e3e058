/** The only source of time. A test passes its own and lives through years in a second. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
