import pg from 'pg'
import type { Logger } from '../logger.ts'
import { CLIENT_SPAN, inSpan } from '../sight/tracing.ts'
import { isDatabaseAway } from './is-away.ts'
import type { PreparedStatement } from './prepared-statement.ts'
import { getTypeParser } from './type-parsers.ts'

/**
 * Runs prepared statements that only read. A connection takes the next statement before it has answered the one before
 * (pipelining), so a few connections serve many requests. Transactions and writes have the pool.
 */
export interface Reader {
  read<Values extends object, Row extends object>(
    statement: PreparedStatement<Values, Row>,
    values: Values,
  ): Promise<Row[]>
  close(): Promise<void>
}

export interface ReaderOptions {
  readonly url: string
  readonly connections?: number
  readonly logger: Logger
  /** Told of every statement that is sent; tests count them. */
  readonly onStatement?: ((sql: string) => void) | undefined
}

const CONNECTIONS_DEFAULT = 2
const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 5_000

export function createReader(options: ReaderOptions): Reader {
  const slots = Array.from({ length: options.connections ?? CONNECTIONS_DEFAULT }, () => createSlot(options))
  let turn = 0
  const nextSlot = (): Slot => slots[turn++ % slots.length] as Slot

  return {
    async read(statement, values) {
      const query = { name: statement.name, text: statement.text, values: statement.parameters(values) }
      options.onStatement?.(statement.text)
      // A read has no effect, so it may be sent again when its connection broke under it: all may have broken at once.
      for (let triesLeft = slots.length; ; triesLeft--) {
        try {
          return await inSpan(statement.name, CLIENT_SPAN, () => nextSlot().run(query))
        } catch (error) {
          if (triesLeft === 0 || !isDatabaseAway(error)) throw error
        }
      }
    },
    async close() {
      await Promise.all(slots.map((slot) => slot.close()))
    },
  }
}

/** A place for one connection: made when first needed, and made anew after it broke. */
interface Slot {
  run<Row extends object>(query: pg.QueryConfig): Promise<Row[]>
  close(): Promise<void>
}

function createSlot({ url, logger }: ReaderOptions): Slot {
  let current: Promise<pg.Client> | undefined
  const forget = (client: Promise<pg.Client>): void => {
    if (current === client) current = undefined
  }

  function open(): Promise<pg.Client> {
    const client = createClient(url)
    const connected = client.connect().then(() => client)
    client.on('error', (error) => {
      logger.warn({ err: error }, 'a reading database connection broke')
      forget(connected)
    })
    client.on('end', () => forget(connected))
    connected.catch(() => forget(connected))
    return connected
  }

  return {
    async run<Row extends object>(query: pg.QueryConfig) {
      current ??= open()
      const used = current
      try {
        const { rows } = await (await used).query<Row>(query)
        return rows
      } catch (error) {
        if (isDatabaseAway(error)) forget(used)
        throw error
      }
    },
    async close() {
      const client = await current?.catch(() => undefined)
      await client?.end()
    },
  }
}

function createClient(url: string): pg.Client {
  const config = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    // Every statement begins at keys and follows indexes, however many keys: to plan it again each time costs more than
    // to run it.
    options: '-c plan_cache_mode=force_generic_plan',
    types: { getTypeParser },
    pipeline: true,
  }
  return new pg.Client(config)
}
