/** Points of a line that are good until a moment. */
export interface ModelLot {
  readonly until: number
  readonly points: bigint
}

/** What is left of one: `held` by whom. */
interface LeftOfLot {
  readonly until: number
  free: bigint
  readonly held: Map<string, bigint>
}

/** What ought to be of a line's points, by the simplest rules: each lot by itself, oldest first. */
export class PointsModel {
  readonly #lots: LeftOfLot[]

  constructor(lots: readonly ModelLot[]) {
    this.#lots = lots
      .map(({ until, points }) => ({ until, free: points, held: new Map<string, bigint>() }))
      .toSorted((a, b) => a.until - b.until)
  }

  spendable(now: number): bigint {
    return sum(this.#good(now).map(({ free }) => free))
  }

  /** What is left of each lot, oldest first. */
  left(): bigint[] {
    return this.#lots.map(({ free, held }) => free + sum([...held.values()]))
  }

  spend(now: number, points: bigint): boolean {
    return this.#take(now, points, () => undefined)
  }

  hold(now: number, id: string, points: bigint): boolean {
    return this.#take(now, points, (lot, part) => lot.held.set(id, part))
  }

  /** Takes a part of what is held, oldest first, and frees the rest. */
  end(id: string, captured: bigint): void {
    let left = captured
    for (const lot of this.#lots) {
      const held = lot.held.get(id) ?? 0n
      const taken = held < left ? held : left
      left -= taken
      lot.free += held - taken
      lot.held.delete(id)
    }
  }

  expire(now: number): void {
    for (const lot of this.#lots) if (lot.until <= now) lot.free = 0n
  }

  #good(now: number): LeftOfLot[] {
    return this.#lots.filter(({ until }) => until > now)
  }

  #take(now: number, points: bigint, keep: (lot: LeftOfLot, part: bigint) => void): boolean {
    if (points > this.spendable(now)) return false
    let left = points
    for (const lot of this.#good(now)) {
      const part = lot.free < left ? lot.free : left
      left -= part
      lot.free -= part
      if (part > 0n) keep(lot, part)
    }
    return true
  }
}

function sum(parts: readonly bigint[]): bigint {
  return parts.reduce((total, part) => total + part, 0n)
}
