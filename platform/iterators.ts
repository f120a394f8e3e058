/**
 * Gives each value changed. A `return` reaches the source at once, even while a value is waited for: that is what an
 * async generator cannot do, and how a stream ends whose client has gone.
 */
export function mapIterator<Value, Result>(
  source: AsyncIterator<Value>,
  change: (value: Value) => Result | Promise<Result>,
): AsyncIterableIterator<Result> {
  return {
    async next() {
      const { done, value } = await source.next()
      return done ? OVER : { done: false, value: await change(value) }
    },
    async return() {
      await source.return?.()
      return OVER
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

/** One value, and then the end. */
export function onlyValue<Value>(value: Value): AsyncIterableIterator<Value> {
  let isOver = false
  return {
    async next() {
      if (isOver) return OVER
      isOver = true
      return { done: false, value }
    },
    async return() {
      isOver = true
      return OVER
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

const OVER = { done: true, value: undefined } as const
