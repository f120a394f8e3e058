import { setTimeout as wait } from 'node:timers/promises'

/** Waits. A test passes its own and waits for nothing. */
export type Sleep = (durationMs: number) => Promise<void>

export const systemSleep: Sleep = (durationMs) => wait(durationMs)
