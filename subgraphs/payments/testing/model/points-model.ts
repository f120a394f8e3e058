import { type LotModel, LotsModel } from '../lots-model.ts'
import { BookModel } from './book-model.ts'

/** What a line has of points, and until when; which of them were taken is known as long as its book is not shared. */
export class PointsModel extends BookModel {
  readonly lots = new LotsModel()
  /** The parts of lots that were given away the last time. */
  given: readonly LotModel[] = []
  /** Whether points have expired of which nobody can say how many. */
  isBlurred = false

  give(points: bigint): void {
    this.given = this.lots.take(points)
  }

  /** Takes away what is over, but for what is set aside. */
  expire(now: Date): void {
    if (this.isShared) this.isBlurred = true
    this.change({ posted: -this.lots.expire(now) })
  }
}
