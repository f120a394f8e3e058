import { BookModel, type Change } from './book-model.ts'

/** Points that are good until a moment. */
export interface LotModel {
  points: bigint
  readonly expiresAt: Date
}

/** What a line has of points, and until when; which of them were taken is known as long as its book is not shared. */
export class PointsModel extends BookModel {
  lots: LotModel[] = []
  /** The parts of lots that went the last time. */
  taken: readonly LotModel[] = []
  /** Whether points have expired of which nobody can say how many. */
  isBlurred = false

  override change(change: Change): void {
    super.change(change)
    if (change.posted !== undefined && change.posted < 0n) this.taken = this.take(-change.posted)
  }

  /** Adds points beside those that there are. */
  add(lots: readonly LotModel[]): void {
    this.lots = [...this.lots, ...lots].sort((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime())
  }

  /** The points that expire first, as many as are wanted, out of the lots. */
  take(points: bigint): LotModel[] {
    const taken: LotModel[] = []
    for (let left = points; left > 0n && this.lots[0]; ) {
      const [oldest] = this.lots
      const part = oldest.points < left ? oldest.points : left
      taken.push({ points: part, expiresAt: oldest.expiresAt })
      left -= part
      oldest.points -= part
      if (oldest.points === 0n) this.lots.shift()
    }
    return taken
  }

  /** Takes away what is over, but for what is set aside. */
  expire(now: Date): void {
    if (this.isShared) this.isBlurred = true
    const due = this.lots.reduce((sum, { points, expiresAt }) => (expiresAt <= now ? sum + points : sum), 0n)
    this.change({ posted: -(due < this.available ? due : this.available) })
  }
}
