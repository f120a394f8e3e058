import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Hearer, Listener } from '../database/listener.ts'
import { silentLogger } from '../logger.ts'
import { Sightings } from '../testing/sightings.ts'
import { type ChangeFeed, createChangeFeed } from './change-feed.ts'
import type { Watch } from './watch-reader.ts'
import { PAGE_SIZE } from './watcher.ts'

interface Row {
  readonly sequence: bigint
}
type Read = (watches: readonly Watch<string>[]) => Promise<(Row[] | null)[]>

/** A table of changes by key, and announcements that a test makes, loses or makes up. */
function createTable() {
  const last = new Map<string, bigint>()
  let hearer: Hearer | undefined
  let isLost = false
  const statements: number[] = []
  const read: Read = async (watches) => {
    statements.push(watches.length)
    return watches.map(({ key, after }) => {
      const upTo = last.get(key)
      if (upTo === undefined) return null
      if (after === null) return [{ sequence: upTo }]
      const count = Math.min(PAGE_SIZE, Number(upTo - after))
      return Array.from({ length: count }, (_, index) => ({ sequence: after + 1n + BigInt(index) }))
    })
  }
  const listener: Listener = {
    listen: (_, given) => {
      hearer = given
    },
    close: async () => undefined,
  }
  return {
    listener,
    read,
    statements,
    announce: (payload: string) => hearer?.onNotice(payload),
    reconnect: () => hearer?.onConnected(),
    loseAnnouncements: (lost: boolean) => {
      isLost = lost
    },
    /** A change that is committed, and announced unless announcements are lost. */
    change(key: string) {
      const sequence = (last.get(key) ?? -1n) + 1n
      last.set(key, sequence)
      if (!isLost) hearer?.onNotice(`${key} ${sequence}`)
    },
    drop: (key: string) => last.delete(key),
  }
}

describe('a change feed', () => {
  let table = createTable()
  let feed: ChangeFeed<string, Row>
  afterEach(() => feed.close())

  function openFeed(read: Read = table.read, sweepIntervalMs = 3_600_000) {
    const { listener } = table
    const topicOf = (key: string) => key
    const register = async () => undefined
    feed = createChangeFeed({
      listener,
      channel: 'changes',
      topicOf,
      register,
      read,
      logger: silentLogger,
      sweepIntervalMs,
    })
  }
  function follow(key: string, after: bigint): Sightings {
    const sightings = new Sightings(key, after)
    void (async () => {
      for await (const row of feed.watch(key, after)) if (row) sightings.see(row.sequence)
    })()
    return sightings
  }
  const settled = async (sightings: readonly Sightings[], upTo: bigint) =>
    vi.waitFor(() => expect(sightings.flatMap((one) => one.problemsAt(upTo))).toEqual([]))

  /** A change, and beside its announcement some that come late or say nothing. */
  function changeWithNoise(key: number, round: number): void {
    table.change(`key-${key}`)
    if ((round + key) % 3 === 0) table.announce(`key-${key} ${round - 1}`)
    if ((round + key) % 5 === 0) table.announce(`key-${key}`)
  }

  it('tells each watcher of each change once, however announcements come', async () => {
    table = createTable()
    for (let key = 0; key < 20; key++) table.change(`key-${key}`)
    openFeed()
    const all = Array.from({ length: 100 }, (_, number) => follow(`key-${number % 20}`, 0n))
    for (let round = 1; round <= 200; round++) {
      for (let key = 0; key < 20; key++) changeWithNoise(key, round)
      if (round % 7 === 0) await new Promise(setImmediate)
    }
    await settled(all, 200n)
  })

  it('reads for all who are woken in one moment in one statement', async () => {
    table = createTable()
    for (let key = 0; key < 500; key++) table.change(`key-${key}`)
    openFeed()
    const all = Array.from({ length: 500 }, (_, number) => follow(`key-${number}`, 0n))
    await vi.waitFor(() => expect(table.statements).toEqual([500]))
    for (let key = 0; key < 500; key++) table.change(`key-${key}`)
    await settled(all, 1n)
    expect(table.statements).toEqual([500, 500])
  })

  it('makes good what was announced while it did not hear', async () => {
    table = createTable()
    table.change('key')
    openFeed()
    const one = follow('key', 0n)
    await vi.waitFor(() => expect(table.statements).toEqual([1]))
    table.loseAnnouncements(true)
    for (let number = 1; number <= 200; number++) table.change('key')
    table.reconnect()
    await settled([one], 200n)
  })

  it('makes good a lost announcement by its sweep', async () => {
    table = createTable()
    table.change('key')
    openFeed(table.read, 20)
    const one = follow('key', 0n)
    table.loseAnnouncements(true)
    table.change('key')
    await settled([one], 1n)
  })

  it('is seen to fail without the sweep, and with a read that is off by one', async () => {
    table = createTable()
    table.change('key')
    openFeed()
    const deaf = follow('key', 0n)
    await vi.waitFor(() => expect(table.statements).toEqual([1]))
    table.loseAnnouncements(true)
    table.change('key')
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
    expect(deaf.problemsAt(1n)).toEqual(['key: the last that came is 0 of 1'])
    feed.close()
    table.loseAnnouncements(false)
    openFeed((watches) => table.read(watches.map(({ key, after }) => ({ key, after: after && after - 1n }))))
    const doubled = follow('key', 1n)
    await vi.waitFor(() => expect(doubled.problems).toContain('key: 1 came again after 1'))
  })

  it('reads a page when it is asked for one, and no more: a watcher that does not ask holds nothing up', async () => {
    table = createTable()
    table.change('key')
    openFeed()
    const slow = feed.watch('key', 0n)
    for (let number = 1; number <= 1_000; number++) table.change('key')
    expect((await slow.next()).value).toEqual({ sequence: 1n })
    await new Promise(setImmediate)
    expect(table.statements).toEqual([1])
    for (let number = 2n; number <= 1_000n; number++) expect((await slow.next()).value).toEqual({ sequence: number })
    expect(table.statements).toHaveLength(1_000 / PAGE_SIZE)
  })

  it('ends with a null for a key that is not there, or not any more', async () => {
    table = createTable()
    table.change('key')
    openFeed()
    const missing = feed.watch('another', null)
    expect(await missing.next()).toEqual({ done: false, value: null })
    expect((await missing.next()).done).toBe(true)
    const leaving = feed.watch('key', null)
    expect((await leaving.next()).value).toEqual({ sequence: 0n })
    const last = leaving.next()
    table.drop('key')
    table.announce('key')
    expect(await last).toEqual({ done: false, value: null })
    expect(feed.size).toBe(0)
  })

  it('waits for a database that is away, and fails only whom it cannot read for', async () => {
    table = createTable()
    table.change('key')
    let isAway = true
    openFeed(async (watches) => {
      if (isAway) {
        isAway = false
        throw Object.assign(new Error('no database'), { code: 'ECONNREFUSED' })
      }
      if (watches.some(({ key }) => key === 'poisoned')) throw new Error('cannot be read')
      return table.read(watches)
    })
    const well = feed.watch('key', null).next()
    const poisoned = feed.watch('poisoned', null).next()
    await expect(poisoned).rejects.toThrow('cannot be read')
    expect((await well).value).toEqual({ sequence: 0n })
  })

  it('lets a watcher go that waits', async () => {
    table = createTable()
    table.change('key')
    openFeed()
    const leaving = feed.watch('key', 0n)
    const waiting = leaving.next()
    await leaving.return?.()
    expect((await waiting).done).toBe(true)
    expect(feed.size).toBe(0)
  })
})
