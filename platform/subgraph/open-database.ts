import type { Kysely } from 'kysely'
import { connectDatabase } from '../database/connect.ts'
import { createReader, type Reader } from '../database/reader.ts'
import type { Logger } from '../logger.ts'

export interface DatabaseEnvironment {
  readonly DATABASE_URL: string
  readonly DATABASE_POOL_SIZE: number
}

/** A subgraph's two ways to its database: transactions over a pool, reading over few pipelined connections. */
export function openDatabase<Tables>(
  { DATABASE_URL, DATABASE_POOL_SIZE }: DatabaseEnvironment,
  logger: Logger,
): { readonly db: Kysely<Tables>; readonly reader: Reader } {
  return {
    db: connectDatabase({ url: DATABASE_URL, poolSizeMax: DATABASE_POOL_SIZE, logger }),
    reader: createReader({ url: DATABASE_URL, logger }),
  }
}
