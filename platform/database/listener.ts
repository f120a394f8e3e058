import pg from 'pg'
import type { Logger } from '../logger.ts'

/** Hears what the database says by NOTIFY: one connection for a process, whatever the number of channels. */
export interface Listener {
  /** Connects with the first channel. What was said while there was no connection is lost: `onConnected` tells that. */
  listen(channel: string, hearer: Hearer): void
  close(): Promise<void>
}

/** Who hears one channel. */
export interface Hearer {
  readonly onNotice: (payload: string) => void
  /** From now on nothing is missed; something may have been before. */
  readonly onConnected: () => void
}

export interface ListenerOptions {
  readonly url: string
  readonly logger: Logger
  readonly retryIntervalMs?: number
}

const RETRY_INTERVAL_MS = 1_000
const CONNECT_TIMEOUT_MS = 5_000

export function createListener({ url, logger, retryIntervalMs = RETRY_INTERVAL_MS }: ListenerOptions): Listener {
  const hearers = new Map<string, Hearer>()
  let client: pg.Client | null = null
  let retry: NodeJS.Timeout | undefined
  let isClosed = false

  async function connect(): Promise<void> {
    const opened = createClient(url)
    client = opened
    const lose = (error?: Error) => {
      if (client !== opened || isClosed) return
      client = null
      logger.warn({ reason: error?.message }, 'the listening database connection broke')
      retry = setTimeout(() => void connect(), retryIntervalMs)
      void opened.end().catch(() => undefined)
    }
    opened.on('error', lose)
    opened.on('end', lose)
    opened.on('notification', ({ channel, payload = '' }) => hearers.get(channel)?.onNotice(payload))
    try {
      await opened.connect()
      for (const channel of hearers.keys()) await start(opened, channel)
    } catch (error) {
      lose(error as Error)
    }
  }

  async function start(opened: pg.Client, channel: string): Promise<void> {
    await opened.query(`listen ${opened.escapeIdentifier(channel)}`)
    hearers.get(channel)?.onConnected()
  }

  return {
    listen(channel, hearer) {
      const known = client
      hearers.set(channel, hearer)
      if (!known && hearers.size === 1) void connect()
      // A connection that breaks here is made anew, and then listens to all channels.
      else if (known) void start(known, channel).catch(() => undefined)
    },
    async close() {
      isClosed = true
      clearTimeout(retry)
      await client?.end().catch(() => undefined)
    },
  }
}

function createClient(url: string): pg.Client {
  return new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Notices a server that vanished without a word.
    keepAlive: true,
  })
}
