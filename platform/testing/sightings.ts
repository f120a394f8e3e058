/** What one client of a stream has seen, and what of it was wrong: each change is to come once, and in order. */
export class Sightings {
  readonly name: string
  readonly problems: string[] = []
  #last: bigint

  constructor(name: string, after: bigint) {
    this.name = name
    this.#last = after
  }

  /** The sequence to go on after. */
  get last(): bigint {
    return this.#last
  }

  see(sequence: bigint): void {
    if (sequence <= this.#last) this.problems.push(`${this.name}: ${sequence} came again after ${this.#last}`)
    if (sequence > this.#last + 1n) this.problems.push(`${this.name}: ${sequence} came right after ${this.#last}`)
    if (sequence > this.#last) this.#last = sequence
  }

  /** All that is wrong, when it should by now have seen everything up to `upTo`. */
  problemsAt(upTo: bigint): readonly string[] {
    if (this.#last === upTo) return this.problems
    return [...this.problems, `${this.name}: the last that came is ${this.#last} of ${upTo}`]
  }
}
