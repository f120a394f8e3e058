import DataLoader from 'dataloader'
import type { BatchLoaderOptions } from '../../../../platform/database/batch-loader.ts'

/** As the product's, but with a statement for each owner: in the bench no owner has two requests at once. */
export function createBatchLoader<Key, Value>(options: BatchLoaderOptions<Key, Value>): DataLoader<Key, Value, string> {
  return new DataLoader<Key, Value, string>((keys) => readByOwner(keys, options), {
    cache: false,
    batchScheduleFn: (flush) => setImmediate(flush),
  })
}

async function readByOwner<Key, Value>(
  keys: readonly Key[],
  { owner, keyText, read }: BatchLoaderOptions<Key, Value>,
): Promise<Value[]> {
  const values = new Map<string, Value>()
  const distinct = new Map(keys.map((key) => [keyText(key), key]))
  await Promise.all(
    [...Map.groupBy(distinct.values(), owner).values()].map(async (own) => {
      const found = await read(own)
      for (const [place, key] of own.entries()) values.set(keyText(key), found[place] as Value)
    }),
  )
  return keys.map((key) => values.get(keyText(key)) as Value)
}
