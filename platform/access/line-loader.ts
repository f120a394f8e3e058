import type DataLoader from 'dataloader'
import { createBatchLoader } from '../database/batch-loader.ts'
import { type LineKey, lineKeyText } from './line-key.ts'

/** A row and the place of its key in the list of keys, from 1. */
export interface KeyedRow {
  readonly key: number
}

export type LineLoader<Value> = DataLoader<LineKey, Value, string>

/** Reads one value for each line, for all requests of a moment in one statement. Null for a line that is not there. */
export function createLineLoader<Row extends KeyedRow>(
  read: (keys: readonly LineKey[]) => Promise<readonly Row[]>,
): LineLoader<Row | null> {
  return createBatchLoader({
    ...BY_LINE_AND_VIEWER,
    async read(keys) {
      const values = new Array<Row | null>(keys.length).fill(null)
      for (const row of await read(keys)) values[row.key - 1] = row
      return values
    },
  })
}

/** Reads a list for each line. Null for a line that is not there; a row whose `id` is null says that its list is empty. */
export function createLineListLoader<Row extends KeyedRow & { readonly id: string | null }>(
  read: (keys: readonly LineKey[]) => Promise<readonly Row[]>,
): LineLoader<readonly (Row & { readonly id: string })[] | null> {
  return createBatchLoader({
    ...BY_LINE_AND_VIEWER,
    async read(keys) {
      const lists = new Array<(Row & { readonly id: string })[] | null>(keys.length).fill(null)
      for (const row of await read(keys)) {
        lists[row.key - 1] ??= []
        if (hasId(row)) lists[row.key - 1]?.push(row)
      }
      return lists
    },
  })
}

/**
 * Reads what is asked about lines with more than the line: a page, a moment. `read` answers in the order of the keys;
 * two keys with the same text ask the same.
 */
export function createLineQuestionLoader<Key extends LineKey, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
  keyText: (key: Key) => string,
): DataLoader<Key, Value, string> {
  return createBatchLoader({ read, keyText, owner: BY_LINE_AND_VIEWER.owner })
}

/** One viewer's trouble is not another's: after a failure each account is read for on its own. */
const BY_LINE_AND_VIEWER = {
  keyText: lineKeyText,
  owner: (key: LineKey) => key.accountId ?? 'staff',
}

function hasId<Row extends { readonly id: string | null }>(row: Row): row is Row & { readonly id: string } {
  return row.id !== null
}
