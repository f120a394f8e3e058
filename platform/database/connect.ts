import { Kysely, type LogEvent, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Logger } from '../logger.ts'
import type { PoolCounts } from '../sight/pool-metrics.ts'
import { statementName } from '../sight/statement-name.ts'
import { isTracing, recordSpan } from '../sight/tracing.ts'
import { preparedName } from './prepared-statement.ts'
import { getTypeParser } from './type-parsers.ts'

/** How a process reaches its database. */
export interface DatabaseOptions {
  readonly url: string
  readonly poolSizeMax?: number
  readonly logger: Logger
  /** Told of the pool, so that it can be watched. */
  readonly onPool?: ((pool: PoolCounts) => void) | undefined
  /** Told of every statement that is sent; tests count them. */
  readonly onStatement?: ((sql: string) => void) | undefined
}

export const POOL_SIZE_MAX_DEFAULT = 10
const CONNECT_TIMEOUT_MS = 5_000

/**
 * What one row that somebody has locked may cost others. Whoever waits for it lets go of the connection before those who
 * wait for a connection give up. And a process that was frozen, or whose machine is gone, in the middle of a transaction
 * is not waited for by the server as long as its socket looks alive.
 */
const PATIENCE = {
  lock_timeout: 4_000,
  idle_in_transaction_session_timeout: 60_000,
  options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
} satisfies pg.ClientConfig

/** Opens a pool lazily: nothing is connected before the first statement. Nothing in it waits long for a lock. */
export function connectDatabase<Tables>(options: DatabaseOptions): Kysely<Tables> {
  const { onStatement } = options
  const pool = openPool(options, PATIENCE)
  options.onPool?.(pool)
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    ...((onStatement || isTracing()) && { log: (event) => tell(event, onStatement) }),
  })
}

function tell({ level, query, queryDurationMillis }: LogEvent, onStatement: DatabaseOptions['onStatement']): void {
  onStatement?.(query.sql)
  if (isTracing()) recordSpan(statementName(query.sql), queryDurationMillis, level === 'query')
}

/** A pool for what may take its time: migrations and imports. */
export function createPool(options: DatabaseOptions): pg.Pool {
  return openPool(options, {})
}

function openPool({ url, poolSizeMax, logger }: DatabaseOptions, patience: pg.ClientConfig): pg.Pool {
  const pool = new pg.Pool({
    ...patience,
    Client: PreparingClient,
    connectionString: url,
    max: poolSizeMax ?? POOL_SIZE_MAX_DEFAULT,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Notices a server that vanished without a word; without it a statement would wait for ever.
    keepAlive: true,
    types: { getTypeParser },
  })
  // Without a listener a database that goes away would end the process.
  pool.on('error', (error) => {
    // A pool that is closed leaves its last words to the sockets: the server may be gone before they are.
    if (!pool.ending) logger.warn({ reason: error.message }, 'an idle database connection broke')
  })
  // The pool listens to idle connections only. One that breaks between two statements fails at its next.
  pool.on('connect', (client) => {
    client.on('error', (error) => logger.debug({ err: error }, 'a database connection broke'))
  })
  return pool
}

/** Gives statements that were prepared their names: kysely sends only their text. */
class PreparingClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: the method has many shapes, and all but one go on as they are.
  override query(...args: any[]): any {
    const [text, values, ...rest] = args
    const name = typeof text === 'string' && Array.isArray(values) ? preparedName(text) : undefined
    const query = super.query as (...all: unknown[]) => unknown
    return name === undefined ? query.apply(this, args) : query.call(this, { name, text, values }, ...rest)
  }
}
