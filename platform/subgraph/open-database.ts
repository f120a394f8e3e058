import type { Kysely } from 'kysely'
import { connectDatabase } from '../database/connect.ts'
import { createListen, type Listen } from '../database/listen.ts'
import { createReader, type Reader } from '../database/reader.ts'
import type { Logger } from '../logger.ts'

export interface DatabaseEnvironment {
  readonly DATABASE_URL: string
  readonly DATABASE_POOL_SIZE: number
}

/** A subgraph's ways to its database: transactions over a pool, reading over few pipelined connections, listening. */
export function openDatabase<Tables>(
  { DATABASE_URL, DATABASE_POOL_SIZE }: DatabaseEnvironment,
  logger: Logger,
): { readonly db: Kysely<Tables>; readonly reader: Reader; readonly listen: Listen } {
  return {
    db: connectDatabase({ url: DATABASE_URL, poolSizeMax: DATABASE_POOL_SIZE, logger }),
    reader: createReader({ url: DATABASE_URL, logger }),
    listen: createListen({ url: DATABASE_URL, logger }),
  }
}
