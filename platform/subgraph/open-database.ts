import type { Kysely } from 'kysely'
import { connectDatabase } from '../database/connect.ts'
import { createListen, type Listen } from '../database/listen.ts'
import { createListener, type Listener } from '../database/listener.ts'
import { createReader, type Reader } from '../database/reader.ts'
import type { ProcessServices } from './process.ts'

export interface DatabaseEnvironment {
  readonly DATABASE_URL: string
  readonly DATABASE_POOL_SIZE: number
}

/** A subgraph's ways to its database. None is connected before it is used. */
export interface OpenDatabase<Tables> {
  /** Transactions, over a pool. */
  readonly db: Kysely<Tables>
  /** Reading, over few pipelined connections. */
  readonly reader: Reader
  /** Hearing what was announced, over one connection. */
  readonly listener: Listener
  readonly listen: Listen
}

export function openDatabase<Tables>(
  { DATABASE_URL, DATABASE_POOL_SIZE }: DatabaseEnvironment,
  { logger, onPool }: Pick<ProcessServices, 'logger' | 'onPool'>,
): OpenDatabase<Tables> {
  return {
    db: connectDatabase({ url: DATABASE_URL, poolSizeMax: DATABASE_POOL_SIZE, logger, onPool }),
    reader: createReader({ url: DATABASE_URL, logger }),
    listener: createListener({ url: DATABASE_URL, logger }),
    listen: createListen({ url: DATABASE_URL, logger }),
  }
}
