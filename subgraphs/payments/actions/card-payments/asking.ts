import type { Span } from '../../../../platform/acquirer/acquirer.ts'

/** When the acquirer was asked for something by its key; null for never. */
export interface Asking {
  /** The last time of all. Whoever asks again writes down another. */
  readonly at: Date | null
  /** The last time of which it is not known what came of it. */
  readonly unheardAt: Date | null
}

/** Our clock and the acquirer's are not the same. */
const CLOCK_DIFFERENCE_MAX_MS = 10 * 60_000
/** A request that nobody waits for any more may still be at work with the acquirer. */
const ARRIVAL_MS = 5 * 60_000

/** Whether what was asked has come to be by now, if it ever will: then what is not in the acquirer's list is nowhere. */
export function hasArrived({ unheardAt }: Asking, now: Date): boolean {
  return unheardAt === null || now.getTime() - unheardAt.getTime() >= ARRIVAL_MS
}

/** Whether it was asked again since: then what was found out before says nothing. */
export function isAskedSince({ at }: Asking, askedAt: Date | null): boolean {
  return at?.getTime() !== askedAt?.getTime()
}

/** Of what was begun at a moment, and may have been asked for up to another: the part of the acquirer's list it can be in. */
export function spanOf(begunAt: Date, lastAt: Date): Pick<Span, 'from' | 'before'> {
  return {
    from: new Date(begunAt.getTime() - CLOCK_DIFFERENCE_MAX_MS),
    before: new Date(lastAt.getTime() + CLOCK_DIFFERENCE_MAX_MS),
  }
}
