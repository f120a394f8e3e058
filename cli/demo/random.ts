/** Chance that is the same every time: numbers that follow from a seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  /** A whole number between the two, both possible. */
  between(min: number, max: number): number
  pick<Value>(values: readonly [Value, ...Value[]]): Value
  /** True so often out of one. */
  chance(probability: number): boolean
}

/** Mulberry32: small, fast, and even enough for what people look at. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (min, max) => min + Math.floor(next() * (max - min + 1)),
    pick: (values) => values[Math.floor(next() * values.length)] ?? values[0],
    chance: (probability) => next() < probability,
  }
}
