import type { Randomness } from '../random.ts'

/** A pause that grows each time it is needed again, and is of no even length, so that many do not come back at once. */
export interface GrowingPause {
  /** Begins a pause, unless one runs, and waits for its end. */
  wait(): Promise<void>
  /** Waits for the end of the pause that runs; at once when none does. */
  over(): Promise<void>
  isWaiting(): boolean
  /** Told of each end of a pause. */
  onOver(listener: () => void): void
  /** All is well: the next pause is a short one. */
  reset(): void
  /** Ends the pause that runs, and all later ones at once. */
  cancel(): void
}

export interface GrowingPauseOptions {
  readonly pauseMinMs: number
  readonly pauseMaxMs: number
  readonly random: Randomness
}

export function createGrowingPause({ pauseMinMs, pauseMaxMs, random }: GrowingPauseOptions): GrowingPause {
  let count = 0
  let current: { readonly over: Promise<void>; readonly end: () => void } | null = null
  let isCancelled = false
  let tellOver = (): void => undefined

  function begin(): Promise<void> {
    const longestMs = Math.min(pauseMaxMs, pauseMinMs * 2 ** count)
    count++
    let end = (): void => undefined
    const over = new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer)
        current = null
        resolve()
        tellOver()
      }
      const timer = setTimeout(finish, longestMs / 2 + random.below(Math.ceil(longestMs / 2)))
      end = finish
    })
    current = { over, end }
    return over
  }

  return {
    async wait() {
      if (!isCancelled) await (current?.over ?? begin())
    },
    async over() {
      await current?.over
    },
    isWaiting: () => current !== null,
    onOver(listener) {
      tellOver = listener
    },
    reset() {
      count = 0
    },
    cancel() {
      isCancelled = true
      current?.end()
    },
  }
}
