/** Lets so many things a second happen, and no more. */
export interface Pace {
  /** How many may happen at this moment. */
  available(): number
  /** Waits for one's turn. */
  take(): Promise<void>
  /** Told when one may happen again after none could. */
  onFree(listener: () => void): void
  stop(): void
}

/** A bucket that fills evenly and holds a second's worth. */
export function createPace(perSecond: number): Pace {
  let tokens = perSecond
  let filledAt = performance.now()
  let timer: NodeJS.Timeout | undefined
  let tellFree = (): void => undefined

  function fill(): void {
    const now = performance.now()
    tokens = Math.min(perSecond, tokens + ((now - filledAt) / 1_000) * perSecond)
    filledAt = now
  }

  const untilOneMs = (): number => Math.max(1, Math.ceil(((1 - tokens) / perSecond) * 1_000))

  return {
    available() {
      fill()
      const count = Math.floor(tokens)
      if (count < 1) {
        clearTimeout(timer)
        timer = setTimeout(() => tellFree(), untilOneMs())
      }
      return count
    },
    async take() {
      fill()
      tokens -= 1
      if (tokens >= 0) return
      const waitMs = (-tokens / perSecond) * 1_000
      await new Promise((resolve) => setTimeout(resolve, waitMs))
    },
    onFree(listener) {
      tellFree = listener
    },
    stop: () => clearTimeout(timer),
  }
}
