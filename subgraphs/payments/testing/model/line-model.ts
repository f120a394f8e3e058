import { BookModel, type Change, type Flight } from './book-model.ts'
import { PointsModel } from './points-model.ts'

/** What a line has: money, the points that it earned by paying for services, and what it may spend beyond its money. */
export class LineModel extends BookModel {
  readonly id: string
  readonly phone: string
  readonly points = new PointsModel()
  /** How far below zero it may stand by a debt, and by a promise: known as long as its book is not shared. */
  debtLimit = 0n
  promised = 0n
  dueAt: Date | null = null
  /** All that it was ever promised, or is about to be: debts come of nothing else. */
  lent = 0n
  /** Kopecks that services took and that have not become points. */
  uncounted = 0n

  constructor({ id, phone }: Pick<LineModel, 'id' | 'phone'>) {
    super()
    this.id = id
    this.phone = phone
  }

  /** What is paid off of a debt, or set free, cannot be borrowed again. */
  override change(change: Change): void {
    super.change(change)
    const { posted = 0n, reserved = 0n } = change
    if ((posted > 0n || reserved < 0n) && this.debtLimit > this.#debt) this.debtLimit = this.#debt
  }

  /** What is below zero stays as a debt. */
  endPromise(): void {
    if (this.dueAt === null) return
    this.promised = 0n
    this.dueAt = null
    if (this.debtLimit < this.#debt) this.debtLimit = this.#debt
  }

  /** The least that services may have found to spend during a flight. */
  leastSpendable({ low }: Flight): bigint {
    return this.isShared ? low : low + this.debtLimit + this.promised
  }

  /** And the most. */
  mostSpendable({ high }: Flight): bigint {
    return this.isShared ? high + this.lent : high + this.debtLimit + this.promised
  }

  get #debt(): bigint {
    return this.available < 0n ? -this.available : 0n
  }
}
