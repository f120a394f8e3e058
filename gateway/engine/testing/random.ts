/** Chance that a seed repeats. */
export interface Random {
  /** At least 0, below 1. */
  next(): number
  chance(probability: number): boolean
  /** From 0 up to, not including, `end`. */
  integer(end: number): number
  pick<Item>(items: readonly Item[]): Item
}

export function createRandom(seed: string): Random {
  let state = hash(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    return scramble(state) / 2 ** 32
  }
  const integer = (end: number) => Math.floor(next() * end)
  return {
    next,
    chance: (probability) => next() < probability,
    integer,
    pick<Item>(items: readonly Item[]): Item {
      if (items.length === 0) throw new Error('There is nothing to pick from.')
      return items[integer(items.length)] as Item
    },
  }
}

/** A number of 32 bits that the text alone decides. */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return scramble(value)
}

function scramble(value: number): number {
  const first = Math.imul(value ^ (value >>> 15), value | 1)
  const second = first ^ (first + Math.imul(first ^ (first >>> 7), first | 61))
  return (second ^ (second >>> 14)) >>> 0
}
