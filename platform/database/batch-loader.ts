import DataLoader from 'dataloader'
import { inSpanOfAskers, isTracing, type SpanContext, sampledSpan } from '../sight/tracing.ts'

export interface BatchLoaderOptions<Key, Value> {
  /** Reads a value for each key, in their order. The keys are all different. */
  readonly read: (keys: readonly Key[]) => Promise<readonly Value[]>
  /** Two keys with the same text have the same value. */
  readonly keyText: (key: Key) => string
  /** Whose key it is: when a batch fails, each owner is read for alone, so that nobody waits for another's failure. */
  readonly owner: (key: Key) => string
}

/** Keeps one statement from growing without bound under load; what is over goes into the next. */
const BATCH_SIZE_MAX = 1_000

/**
 * Gathers what all requests of one turn of the event loop ask for into one statement. It remembers nothing: what was
 * read for one request is not shown to a later one.
 */
export function createBatchLoader<Key, Value>(options: BatchLoaderOptions<Key, Value>): DataLoader<Key, Value, string> {
  const Loader = isTracing() ? TracedLoader : DataLoader
  return new Loader<Key, Value, string>((keys) => readDistinct(keys, options), {
    cache: false,
    maxBatchSize: BATCH_SIZE_MAX,
    batchScheduleFn: (flush) => setImmediate(flush),
  })
}

/** Remembers who asks, so that a statement for several requests is found from the trace of each. */
class TracedLoader<Key, Value, Text> extends DataLoader<Key, Value, Text> {
  readonly #askers: SpanContext[]

  constructor(read: DataLoader.BatchLoadFn<Key, Value>, options: DataLoader.Options<Key, Value, Text>) {
    const askers: SpanContext[] = []
    super((keys) => inSpanOfAskers('read together', askers.splice(0), () => read(keys)), options)
    this.#askers = askers
  }

  override load(key: Key): Promise<Value> {
    const asker = sampledSpan()
    if (asker) this.#askers.push(asker)
    return super.load(key)
  }
}

async function readDistinct<Key, Value>(
  keys: readonly Key[],
  options: BatchLoaderOptions<Key, Value>,
): Promise<(Value | Error)[]> {
  const places = new Map<string, number>()
  const distinct: Key[] = []
  const placeOf = keys.map((key) => {
    const text = options.keyText(key)
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, distinct.length)
    return distinct.push(key) - 1
  })
  const values = await readApart(distinct, options)
  return placeOf.map((place) => values[place] as Value | Error)
}

/** All together, or, should that fail, each owner apart. */
async function readApart<Key, Value>(
  keys: readonly Key[],
  options: BatchLoaderOptions<Key, Value>,
): Promise<readonly (Value | Error)[]> {
  try {
    return await options.read(keys)
  } catch (error) {
    const owners = Map.groupBy(keys.keys(), (place) => options.owner(keys[place] as Key))
    if (owners.size === 1) return keys.map(() => error as Error)
    const values = new Array<Value | Error>(keys.length)
    await Promise.all(
      [...owners.values()].map(async (places) => {
        const apart = await readApart(
          places.map((place) => keys[place] as Key),
          options,
        )
        for (const [index, place] of places.entries()) values[place] = apart[index] as Value | Error
      }),
    )
    return values
  }
}
