import { BookModel } from './book-model.ts'

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

/** What a line has of points, and until when; which of them were taken is known as long as its book is not shared. */
export class PointsModel extends BookModel {
  #lots: LeftOfLot[] = []
  /** The parts of lots that were given away the last time. */
  given: readonly LotModel[] = []
  /** Whether points have expired of which nobody can say how many. */
  isBlurred = false

  /** Adds points beside those that there are. */
  add(lots: readonly LotModel[]): void {
    const added = lots.map(({ points, expiresAt }) => ({ expiresAt, free: points, held: new Map<string, bigint>() }))
    this.#lots = [...this.#lots, ...added].sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime())
  }

  /** Keeps the points that expire first for a hold. */
  hold(key: string, points: bigint): void {
    this.#takeFree(points, (lot, part) => lot.held.set(key, part))
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

  give(points: bigint): void {
    const given: LotModel[] = []
    this.#takeFree(points, ({ expiresAt }, part) => given.push({ points: part, expiresAt }))
    this.given = given
  }

  /** Takes away what is over, but for what is set aside. */
  expire(now: Date): void {
    if (this.isShared) this.isBlurred = true
    for (const lot of this.#lots) {
      if (lot.expiresAt > now) continue
      this.change({ posted: -lot.free })
      lot.free = 0n
    }
  }

  #takeFree(points: bigint, note: (lot: LeftOfLot, part: bigint) => void): void {
    let left = points
    for (const lot of this.#lots) {
      const part = lot.free < left ? lot.free : left
      if (part === 0n) continue
      lot.free -= part
      left -= part
      note(lot, part)
    }
  }
}
