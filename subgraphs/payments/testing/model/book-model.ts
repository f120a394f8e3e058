/** What an operation may do at most to what a book has available, while nobody knows what it does. */
export interface Stake {
  readonly loss?: bigint
  readonly gain?: bigint
}

/** What an operation has come to. */
export interface Change {
  readonly posted?: bigint
  readonly reserved?: bigint
}

/** An operation under way on a book: between which bounds what is available was, all the while. */
export interface Flight {
  readonly low: bigint
  readonly high: bigint
  /** What the operation has come to is told in the same breath: see `BookModel.change`. */
  end(): void
}

/**
 * What a line has of a unit, as the acknowledged operations say. Operations under way may have had their effect or not, so
 * what each of them may have seen lies between two bounds; with one client at a time the bounds are one number.
 */
export class BookModel {
  posted = 0n
  reserved = 0n
  /** Whether two operations were ever under way at once: what hangs on their order is not known from then on. */
  isShared = false
  readonly #flights = new Set<{ low: bigint; high: bigint; loss: bigint; gain: bigint }>()

  get available(): bigint {
    return this.posted - this.reserved
  }

  begin({ loss = 0n, gain = 0n }: Stake): Flight {
    if (this.#flights.size > 0) this.isShared = true
    const flight = { low: this.available, high: this.available, loss, gain }
    for (const other of this.#flights) {
      flight.low -= other.loss
      flight.high += other.gain
      other.low -= loss
      other.high += gain
    }
    this.#flights.add(flight)
    return {
      get low() {
        return flight.low
      },
      get high() {
        return flight.high
      },
      end: () => void this.#flights.delete(flight),
    }
  }

  change({ posted = 0n, reserved = 0n }: Change): void {
    this.posted += posted
    this.reserved += reserved
  }
}
