import DataLoader from 'dataloader'
import { type LineKey, lineKeyText } from './line-key.ts'

/** A row and the place of its key in the list of keys, from 1. */
export interface KeyedRow {
  readonly key: number
}

export type LineLoader<Value> = DataLoader<LineKey, Value, string>

/** Reads one value for each line, all lines of a tick in one statement. Null for a line that is not there. */
export function createLineLoader<Row extends KeyedRow>(
  read: (keys: readonly LineKey[]) => Promise<readonly Row[]>,
): LineLoader<Row | null> {
  return new DataLoader<LineKey, Row | null, string>(
    async (keys) => {
      const rows = new Map((await read(keys)).map((row) => [row.key, row]))
      return keys.map((_, index) => rows.get(index + 1) ?? null)
    },
    { cacheKeyFn: lineKeyText },
  )
}

/** Reads a list for each line. Null for a line that is not there; a row whose `id` is null says that its list is empty. */
export function createLineListLoader<Row extends KeyedRow & { readonly id: string | null }>(
  read: (keys: readonly LineKey[]) => Promise<readonly Row[]>,
): LineLoader<readonly (Row & { readonly id: string })[] | null> {
  return new DataLoader(
    async (keys: readonly LineKey[]) => {
      const lists = Map.groupBy(await read(keys), (row) => row.key)
      return keys.map((_, index) => lists.get(index + 1)?.filter(hasId) ?? null)
    },
    { cacheKeyFn: lineKeyText },
  )
}

function hasId<Row extends { readonly id: string | null }>(row: Row): row is Row & { readonly id: string } {
  return row.id !== null
}
