/** The only source of time. A test passes its own and lives through years in a second. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** With a clock that stands: what is good when it is decided is good when it is done. */
export function atOneMoment<Dependencies extends { readonly clock: Clock }>(dependencies: Dependencies): Dependencies {
  const now = dependencies.clock.now()
  return { ...dependencies, clock: { now: () => now } }
}
