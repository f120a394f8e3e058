import { invariant } from '../invariant.ts'

/** A change of some key: its sequence grows by one with each, without gaps. */
export interface Change {
  readonly sequence: bigint
}

/** What a watcher needs of its feed. */
export interface WatcherHome<Key, Changed extends Change> {
  /** Has the watcher read for soon, together with all others; what is found comes by `take` or `fail`. */
  read(watcher: Watcher<Key, Changed>): void
  leave(watcher: Watcher<Key, Changed>): void
}

/** At most so many changes are held for a watcher: the rest stay in the table until they are asked for. */
export const PAGE_SIZE = 50

/** One watcher of one key. It reads only when it is asked for more and there may be more: a slow one costs nothing. */
export class Watcher<Key, Changed extends Change> implements AsyncIterableIterator<Changed | null> {
  readonly key: Key
  /** The last sequence that was read; null before the first. */
  after: bigint | null
  readonly #home: WatcherHome<Key, Changed>
  /** Whether there may be more in the table than was read. */
  #isStale = true
  #isOver = false
  #pending: readonly (Changed | null)[] = []
  #place = 0
  #asked: PromiseWithResolvers<IteratorResult<Changed | null>> | null = null

  constructor(key: Key, after: bigint | null, home: WatcherHome<Key, Changed>) {
    this.key = key
    this.after = after
    this.#home = home
  }

  next(): Promise<IteratorResult<Changed | null>> {
    invariant(this.#asked === null, 'a watcher is asked for one change at a time')
    const value = this.#pending[this.#place]
    if (value !== undefined) {
      this.#place++
      return Promise.resolve({ done: false, value })
    }
    if (this.#isOver) return Promise.resolve(OVER)
    this.#asked = Promise.withResolvers()
    if (this.#isStale) this.#home.read(this)
    return this.#asked.promise
  }

  async return(): Promise<IteratorResult<Changed | null>> {
    this.#pending = []
    this.#end()
    this.#answer(OVER)
    return OVER
  }

  /** Something was announced, up to this sequence; null for something that has none. */
  wake(upTo: bigint | null = null): void {
    if (this.#isOver || (upTo !== null && this.after !== null && upTo <= this.after)) return
    this.#isStale = true
    if (this.#asked) this.#home.read(this)
  }

  /** Whether somebody waits for the next change. */
  get isAsked(): boolean {
    return this.#asked !== null
  }

  /** Reading begins: what is announced from here on may not be in it. */
  beginReading(): void {
    this.#isStale = false
  }

  /** What was found after `after`; null for nothing that this watcher may see. */
  take(changes: readonly Changed[] | null): void {
    if (this.#isOver) return
    if (changes === null) this.#end()
    this.#pending = changes ?? [null]
    this.#place = 0
    this.after = changes?.at(-1)?.sequence ?? this.after
    if (changes?.length === PAGE_SIZE) this.#isStale = true
    const [first] = this.#pending
    if (first !== undefined) {
      this.#place = 1
      this.#answer({ done: false, value: first })
    } else if (this.#isStale) this.#home.read(this)
  }

  fail(error: unknown): void {
    if (this.#isOver) return
    this.#end()
    this.#asked?.reject(error)
    this.#asked = null
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#home.leave(this)
  }

  #answer(result: IteratorResult<Changed | null>): void {
    this.#asked?.resolve(result)
    this.#asked = null
  }
}

const OVER = { done: true, value: undefined } as const
