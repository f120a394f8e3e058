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
  return createLoader<Key, Value>({
    span: 'read together',
    load: (keys) => readDistinct(keys, options),
    maxBatchSize: BATCH_SIZE_MAX,
    schedule: (flush) => setImmediate(flush),
  })
}

export interface LoaderOptions<Key, Value> {
  /** The span around what is done for several requests. */
  readonly span: string
  /** In the order of the keys. */
  readonly load: (keys: readonly Key[]) => Promise<(Value | Error)[]>
  readonly maxBatchSize: number
  /** Says when what was gathered is to be loaded. */
  readonly schedule: (flush: () => void) => void
}

/** Gathers keys and remembers no values. */
export function createLoader<Key, Value>(options: LoaderOptions<Key, Value>): DataLoader<Key, Value, string> {
  const { span, load, maxBatchSize, schedule } = options
  const settings = { cache: false, maxBatchSize, batchScheduleFn: schedule }
  return isTracing() ? new TracedLoader(span, load, settings) : new DataLoader(load, settings)
}

/** Remembers who asks, so that a statement for several requests is found from the trace of each. */
class TracedLoader<Key, Value, Text> extends DataLoader<Key, Value, Text> {
  readonly #askers: SpanContext[]

  constructor(span: string, load: DataLoader.BatchLoadFn<Key, Value>, options: DataLoader.Options<Key, Value, Text>) {
    const askers: SpanContext[] = []
    super((keys) => inSpanOfAskers(span, askers.splice(0), () => load(keys)), options)
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
