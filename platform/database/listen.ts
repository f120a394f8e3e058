import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from '../logger.ts'
import type { Reader } from './reader.ts'
import { getTypeParser } from './type-parsers.ts'

/** What a process wants to hear of its database. */
export interface Subscription {
  readonly channel: string
  /** Told of every message of the channel, in the order of the transactions that sent them. */
  readonly onMessage: (payload: string) => void
  /**
   * Run once listening has begun, at first and after each loss of the connection: what it reads then and what it is
   * told after that leave no gap.
   */
  readonly onListening: (reader: Pick<Reader, 'read'>) => Promise<void>
  /** Run now and again over the same connection, which is given up when it fails: a silent one may be dead. */
  readonly onTick: (reader: Pick<Reader, 'read'>) => Promise<void>
}

/** Begins to listen, and goes on through every loss of the connection until it is closed. */
export type Listen = (subscription: Subscription) => { close(): Promise<void> }

const CONNECT_TIMEOUT_MS = 5_000
const STATEMENT_TIMEOUT_MS = 5_000
const TICK_MS = 2_000
const RETRY_MS_MIN = 100
const RETRY_MS_MAX = 2_000

/** Over a connection of its own: a pool would take it back. It is no use through a pooler that shares connections. */
export function createListen({ url, logger }: { readonly url: string; readonly logger: Logger }): Listen {
  return (subscription) => {
    const stop = new AbortController()
    const running = listenUntil(stop.signal, { url, logger, subscription })
    return {
      async close() {
        stop.abort()
        await running
      },
    }
  }
}

interface ListenOptions {
  readonly url: string
  readonly logger: Logger
  readonly subscription: Subscription
}

async function listenUntil(stop: AbortSignal, options: ListenOptions): Promise<void> {
  const { logger, subscription } = options
  let failureCount = 0
  const onListening = () => {
    if (failureCount > 0) logger.info({ channel: subscription.channel, failureCount }, 'the database is heard again')
    failureCount = 0
  }
  while (!stop.aborted) {
    try {
      await listenOnce(stop, options, onListening)
    } catch (error) {
      if (stop.aborted) return
      failureCount++
      logger.warn({ err: error, channel: subscription.channel, failureCount }, 'the database is not heard')
      await pause(Math.min(RETRY_MS_MIN * 2 ** (failureCount - 1), RETRY_MS_MAX), stop)
    }
  }
}

/** Returns when it was told to stop; rejects when the connection is lost. */
async function listenOnce(
  stop: AbortSignal,
  { url, subscription }: ListenOptions,
  onListening: () => void,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types: { getTypeParser },
  })
  const lost = new Promise<never>((_, reject) => {
    client.on('error', reject)
    client.on('end', () => reject(new Error('the connection ended')))
  })
  // Nobody waits for it while nothing is asked.
  lost.catch(() => undefined)
  client.on('notification', ({ payload }) => subscription.onMessage(payload ?? ''))
  const reader = readerOf(client)
  try {
    await client.connect()
    await client.query(`listen ${subscription.channel}`)
    await subscription.onListening(reader)
    onListening()
    while (!stop.aborted) {
      await Promise.race([lost, pause(TICK_MS, stop)])
      if (!stop.aborted) await subscription.onTick(reader)
    }
  } finally {
    await client.end().catch(() => undefined)
  }
}

function readerOf(client: pg.Client): Pick<Reader, 'read'> {
  return {
    async read<Values extends object, Row extends object>(
      statement: Parameters<Reader['read']>[0],
      values: Values,
    ): Promise<Row[]> {
      const { rows } = await client.query<Row>({ text: statement.text, values: statement.parameters(values) })
      return rows
    },
  }
}

async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal: stop }).catch(() => undefined)
}
