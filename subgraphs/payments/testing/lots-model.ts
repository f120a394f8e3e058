/** Points that are good until a moment. */
export interface LotModel {
  readonly points: bigint
  readonly expiresAt: Date
}

/** What is left of a lot: `held` by which hold. */
interface LeftOfLot {
  readonly expiresAt: Date
  free: bigint
  readonly held: Map<string, bigint>
}

/** What ought to be of a line's points, by the simplest rules: each lot by itself, those that expire first first. */
export class LotsModel {
  #lots: LeftOfLot[] = []

  /** Adds points beside those that there are. */
  add(lots: readonly LotModel[]): void {
    const added = lots.map(({ points, expiresAt }) => ({ expiresAt, free: points, held: new Map<string, bigint>() }))
    this.#lots = [...this.#lots, ...added].sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime())
  }

  /** What can be spent at a moment. */
  free(now: Date): bigint {
    return sum(this.#good(now).map(({ free }) => free))
  }

  /** What is left of each lot. */
  left(): bigint[] {
    return this.#lots.map(({ free, held }) => free + sum([...held.values()]))
  }

  /** Takes points of the lots that are good, as far as there are; gives the parts. */
  take(points: bigint, now = ALWAYS): LotModel[] {
    const taken: LotModel[] = []
    this.#takeFree(points, now, ({ expiresAt }, part) => taken.push({ points: part, expiresAt }))
    return taken
  }

  /** Keeps them for a hold. */
  hold(key: string, points: bigint, now = ALWAYS): void {
    this.#takeFree(points, now, (lot, part) => lot.held.set(key, part))
  }

  /** A hold takes so many of its own; the others are free again. */
  endHold(key: string, taken: bigint): void {
    let left = taken
    for (const lot of this.#lots) {
      const kept = lot.held.get(key) ?? 0n
      const part = kept < left ? kept : left
      lot.held.delete(key)
      lot.free += kept - part
      left -= part
    }
  }

  /** Takes away what is over, but for what is set aside; gives how much. */
  expire(now: Date): bigint {
    const over = this.#lots.filter(({ expiresAt }) => expiresAt <= now)
    const expired = sum(over.map(({ free }) => free))
    for (const lot of over) lot.free = 0n
    return expired
  }

  #good(now: Date): LeftOfLot[] {
    return this.#lots.filter(({ expiresAt }) => expiresAt > now)
  }

  #takeFree(points: bigint, now: Date, note: (lot: LeftOfLot, part: bigint) => void): void {
    let left = points
    for (const lot of this.#good(now)) {
      const part = lot.free < left ? lot.free : left
      if (part === 0n) continue
      lot.free -= part
      left -= part
      note(lot, part)
    }
  }
}

/** Whoever takes away what is over in time need not ask whether it is. */
const ALWAYS = new Date(0)

function sum(parts: readonly bigint[]): bigint {
  return parts.reduce((total, part) => total + part, 0n)
}
