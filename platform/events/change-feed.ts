import type { Listener } from '../database/listener.ts'
import type { Logger } from '../logger.ts'
import { createRegistration } from './registration.ts'
import { createWatchReader, type Watch } from './watch-reader.ts'
import { type Change, Watcher } from './watcher.ts'

export interface ChangeFeedOptions<Key, Changed extends Change> {
  readonly listener: Listener
  /** The channel of NOTIFY. What is said there is `<topic>` or `<topic> <sequence>`. */
  readonly channel: string
  /** What changes of a key are announced under, without a space in it; several keys may share a topic. */
  readonly topicOf: (key: Key) => string
  /**
   * Says that these topics are watched for some sweeps to come: what nobody watches need not be announced. A change
   * that was under way meanwhile may not be announced either; it is looked for a second time.
   */
  readonly register: (topics: readonly string[]) => Promise<void>
  /**
   * Reads for many watches in one statement, in their order: the changes after `after`, the oldest first, at most
   * `PAGE_SIZE`. Where `after` is null, how things stand now, as one change. Null for a key that is not there, or that
   * its watcher may not see: rights are checked in the same statement, each time.
   */
  readonly read: (watches: readonly Watch<Key>[]) => Promise<readonly (readonly Changed[] | null)[]>
  readonly logger: Logger
  /** How often everything is read again though nothing was announced; tests set it. */
  readonly sweepIntervalMs?: number
}

/** Tells of changes of many keys to many watchers, without gap or double. */
export interface ChangeFeed<Key, Changed extends Change> {
  /**
   * The changes after a sequence, each once and in order, for as long as the watcher asks. A null says that the key is
   * not there for the watcher, or not any more; nothing comes after it.
   */
  watch(key: Key, after: bigint | null): AsyncIterableIterator<Changed | null>
  /** How many watch. */
  readonly size: number
  /** Ends every watch. */
  close(): void
}

/** A lost announcement is made good within this; rights that end by time end a watch within this too. */
const SWEEP_INTERVAL_MS = 15_000

/**
 * Announcements only wake: what a watcher gets is always read from the table, after the sequence that it had last. So
 * an announcement may be lost, doubled or come early. Whatever wakes in one moment is read in one statement.
 */
export function createChangeFeed<Key, Changed extends Change>(
  options: ChangeFeedOptions<Key, Changed>,
): ChangeFeed<Key, Changed> {
  const topics = new Map<string, Set<Watcher<Key, Changed>>>()
  const registration = createRegistration(options.register, (topic) => {
    for (const watcher of topics.get(topic) ?? []) watcher.wake()
  })
  const reader = createWatchReader<Key, Changed>({
    ...options,
    async read(watches) {
      await registration.ensure(watches.map(({ key }) => options.topicOf(key)))
      return options.read(watches)
    },
  })
  let sweep: NodeJS.Timeout | undefined
  let isClosed = false

  const wakeAll = (): void => {
    for (const watchers of topics.values()) for (const watcher of watchers) watcher.wake()
  }
  /** The first watch connects, so that a process without any costs the database nothing. */
  const start = (): void => {
    sweep = setInterval(() => {
      registration.renew()
      wakeAll()
    }, options.sweepIntervalMs ?? SWEEP_INTERVAL_MS)
    sweep.unref()
    options.listener.listen(options.channel, {
      onConnected: wakeAll,
      onNotice(payload) {
        const [topic = '', sequence] = payload.split(' ')
        const upTo = sequence === undefined ? null : BigInt(sequence)
        for (const watcher of topics.get(topic) ?? []) watcher.wake(upTo)
      },
    })
  }

  return {
    watch(key, after) {
      if (!sweep && !isClosed) start()
      const topic = options.topicOf(key)
      const watchers = topics.get(topic) ?? new Set()
      topics.set(topic, watchers)
      const watcher = new Watcher<Key, Changed>(key, after, {
        read: reader.read,
        leave: (leaving) => {
          watchers.delete(leaving)
          if (watchers.size > 0 || topics.get(topic) !== watchers) return
          topics.delete(topic)
          registration.forget(topic)
        },
      })
      watchers.add(watcher)
      if (isClosed) void watcher.return()
      return watcher
    },
    get size() {
      return [...topics.values()].reduce((count, watchers) => count + watchers.size, 0)
    },
    close() {
      isClosed = true
      clearInterval(sweep)
      registration.stop()
      reader.stop()
      for (const watchers of topics.values()) for (const watcher of [...watchers]) void watcher.return()
    },
  }
}
