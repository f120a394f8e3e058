import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from '../database/is-away.ts'
import type { Logger } from '../logger.ts'
import { inRootSpan } from '../sight/tracing.ts'
import type { Change, Watcher } from './watcher.ts'

/** What one watcher wants to know: the changes of a key after a sequence. */
export interface Watch<Key> {
  readonly key: Key
  readonly after: bigint | null
}

export interface WatchReaderOptions<Key, Changed extends Change> {
  readonly read: (watches: readonly Watch<Key>[]) => Promise<readonly (readonly Changed[] | null)[]>
  readonly logger: Logger
}

/** Keeps one statement from growing without bound; what is over goes into the next. */
const WATCHES_MAX = 1_000
const RETRY_INTERVAL_MS = 1_000

/**
 * Reads for whoever is due, all together: one statement at a time, and while it runs the next gathers. A database that
 * is away is asked again until it is back; the watchers wait.
 */
export function createWatchReader<Key, Changed extends Change>({ read, logger }: WatchReaderOptions<Key, Changed>) {
  const due = new Set<Watcher<Key, Changed>>()
  let isReading = false
  let isStopped = false

  async function readDue(): Promise<void> {
    while (due.size > 0 && !isStopped) {
      const batch = [...due].slice(0, WATCHES_MAX)
      for (const watcher of batch) due.delete(watcher)
      // One that was woken while it was read for has its page now, and comes again when it has told it all.
      await readBatch(batch.filter(({ isAsked }) => isAsked))
    }
    isReading = false
  }

  async function readBatch(batch: readonly Watcher<Key, Changed>[]): Promise<void> {
    if (batch.length === 0) return
    for (const watcher of batch) watcher.beginReading()
    try {
      // It is read for many, and woken by an announcement: it belongs to the trace of none.
      const options = { attributes: { 'cabinet.watches': batch.length } }
      const found = await inRootSpan('read changes', options, () => read(batch))
      for (const [index, watcher] of batch.entries()) watcher.take(found[index] ?? null)
    } catch (error) {
      if (!isStopped) await recover(batch, error)
    }
  }

  /** One that cannot be read for is not the trouble of the others: each is read for alone. */
  async function recover(batch: readonly Watcher<Key, Changed>[], error: unknown): Promise<void> {
    if (isDatabaseAway(error)) return readLater(batch)
    if (batch.length === 1) batch[0]?.fail(error)
    else for (const watcher of batch) await readBatch([watcher])
  }

  async function readLater(batch: readonly Watcher<Key, Changed>[]): Promise<void> {
    logger.warn({ watchers: batch.length }, 'the database is away; changes are told when it is back')
    for (const watcher of batch) due.add(watcher)
    await sleep(RETRY_INTERVAL_MS)
  }

  return {
    read(watcher: Watcher<Key, Changed>): void {
      due.add(watcher)
      if (isReading) return
      isReading = true
      setImmediate(() => void readDue())
    },
    stop(): void {
      isStopped = true
      due.clear()
    },
  }
}
