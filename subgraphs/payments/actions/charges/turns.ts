/** Lets a few at a time begin; the others wait in their order. */
export interface Turns {
  /** Calls back when it is its turn: in a later turn of the event loop at the earliest. */
  readonly begin: (start: () => void) => void
  /** One that has begun is over. */
  readonly end: () => void
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = []
  let underWay = 0
  const next = () => {
    const start = underWay < atOnce ? waiting.shift() : undefined
    if (start === undefined) return
    underWay++
    setImmediate(start)
  }
  return {
    begin: (start) => {
      waiting.push(start)
      next()
    },
    end: () => {
      underWay--
      next()
    },
  }
}
