/** Runs works side by side, so many at once, and settles them one after another in the order they were added. */
export class InOrder {
  readonly #atOnceMax: number
  readonly #waiting: Promise<void>[] = []
  #settled: Promise<void> = Promise.resolve()

  constructor(atOnceMax: number) {
    this.#atOnceMax = atOnceMax
  }

  /** Returns once the work has begun. Throws what an earlier work threw; nothing is begun after that. */
  async add(work: () => Promise<void>, settle: () => Promise<void>): Promise<void> {
    while (this.#waiting.length >= this.#atOnceMax) await this.#waiting.shift()
    const worked = work()
    this.#settled = Promise.all([worked, this.#settled]).then(settle)
    // Whoever adds the next, or waits for all, is told; here it would be told to nobody.
    this.#settled.catch(() => undefined)
    this.#waiting.push(this.#settled)
  }

  /** Returns when all works have ended; throws what the first to fail threw. */
  async drained(): Promise<void> {
    await Promise.allSettled(this.#waiting)
    await this.#settled
  }
}
