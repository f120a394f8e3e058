import type { Kysely } from 'kysely'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import type { DomainEvent, LineAccessChanged } from '../../platform/events/event.ts'
import { type OutboxTables, writeEvent } from '../../platform/events/outbox.ts'
import { createOutboxRelay, type OutboxRelay } from '../../platform/events/outbox-relay.ts'
import { type Logger, silentLogger } from '../../platform/logger.ts'

const id = (number: number) => `01900009-0000-7000-8000-${String(number).padStart(12, '0')}`
const event = (number: number): LineAccessChanged => ({
  id: id(number),
  kind: 'LineAccessChanged',
  occurredAt: '2026-11-22T10:00:00.000Z',
  lineId: id(100),
  accountId: id(200),
  rights: 1,
  until: null,
  version: number,
})

const PATIENCE = { timeout: 30_000, interval: 50 }

describe('the relay of events', () => {
  let database: TestDatabase
  let db: Kysely<OutboxTables>
  let relay: OutboxRelay | undefined

  beforeEach(async () => {
    database = await createTestDatabase()
    db = connectDatabase<OutboxTables>({ url: database.urls['linked-numbers'], logger: silentLogger })
  })
  afterEach(async () => {
    await relay?.stop()
    await db.destroy()
    await database.drop()
  })

  const write = (number: number, lineId = id(100)) =>
    db.transaction().execute((trx) => writeEvent(trx, { ...event(number), lineId }, ['products', 'payments']))
  const waiting = async () =>
    (await database.sql<{ receiver: string }>('select receiver from linked_numbers.outbox order by 1')).map(
      ({ receiver }) => receiver,
    )

  it('brings each event to each receiver, in order, and keeps none', async () => {
    for (let number = 1; number <= 250; number++) await write(number)
    const brought: Record<string, number[]> = { products: [], payments: [] }
    const receivers = Object.fromEntries(
      Object.entries(brought).map(([name, list]) => [
        name,
        async (taken: DomainEvent) => void list.push((taken as LineAccessChanged).version),
      ]),
    )
    relay = createOutboxRelay({ db, logger: silentLogger, receivers })
    await vi.waitFor(async () => expect(await waiting()).toEqual([]), 5_000)
    const all = Array.from({ length: 250 }, (_, index) => index + 1)
    expect(brought).toEqual({ products: all, payments: all })
  })

  it('strikes off what was taken of a batch that takes long, and goes on in order', async () => {
    for (let number = 1; number <= 5; number++) await write(number)
    const brought: number[] = []
    let left = 0
    const slow = async (taken: DomainEvent) => {
      brought.push((taken as LineAccessChanged).version)
      await new Promise((resolve) => setTimeout(resolve, 30))
      left = (await waiting()).filter((receiver) => receiver === 'products').length
    }
    const receivers = { products: slow, payments: async () => undefined }
    relay = createOutboxRelay({ db, logger: silentLogger, receivers, batchMs: 1 })
    await vi.waitFor(async () => expect(await waiting()).toEqual([]), PATIENCE)
    expect(brought).toEqual([1, 2, 3, 4, 5])
    // The fourth was gone before the fifth was brought.
    expect(left).toBe(1)
  })

  it('names an event that is not taken, though it is the only one', async () => {
    await write(1)
    const said: unknown[] = []
    const warn = (about: object, message: string) => void said.push({ ...about, message })
    relay = createOutboxRelay({
      db,
      logger: { ...silentLogger, warn } as unknown as Logger,
      pollIntervalMs: 20,
      receivers: { products: () => Promise.reject(new Error('poison')), payments: async () => undefined },
    })
    await vi.waitFor(() => expect(said.length).toBeGreaterThan(0), PATIENCE)
    expect(said[0]).toMatchObject({
      receiver: 'products',
      ids: [id(1)],
      message: expect.stringContaining('events could not'),
    })
  })

  it('keeps the events of a receiver that is down, and only those, until it is back', async () => {
    await write(1)
    let isDown = true
    const taken: string[] = []
    const payments = async ({ id: taking }: DomainEvent) => {
      if (isDown) throw new Error('down')
      taken.push(taking)
    }
    relay = createOutboxRelay({
      db,
      logger: silentLogger,
      pollIntervalMs: 20,
      receivers: { products: async () => undefined, payments },
    })
    await vi.waitFor(async () => expect(await waiting()).toEqual(['payments']))
    isDown = false
    await vi.waitFor(async () => expect(await waiting()).toEqual([]))
    expect(taken).toEqual([id(1)])
  })

  it('asks a receiver that is down more and more seldom, however often it is poked, and says so as seldom', async () => {
    await write(1)
    const delaysMs: number[] = []
    const logger = { ...silentLogger, warn: ({ retryInMs }: { retryInMs: number }) => delaysMs.push(retryInMs) }
    relay = createOutboxRelay({
      db,
      logger: logger as unknown as Logger,
      pollIntervalMs: 20,
      receivers: { products: () => Promise.reject(new Error('down')) },
    })
    const pokes = setInterval(() => relay?.poke(), 1)
    await vi.waitFor(() => expect(delaysMs.length).toBeGreaterThanOrEqual(4), 5_000)
    clearInterval(pokes)
    expect(delaysMs.slice(0, 4)).toEqual([20, 40, 80, 160])
  })

  it('brings at once what it is poked for', async () => {
    const taken: string[] = []
    const products = async ({ id: taking }: DomainEvent) => void taken.push(taking)
    relay = createOutboxRelay({ db, logger: silentLogger, pollIntervalMs: 60_000, receivers: { products } })
    await new Promise((resolve) => setTimeout(resolve, 100))
    await write(1)
    relay.poke()
    await vi.waitFor(() => expect(taken).toEqual([id(1)]))
  })

  it('brings what is told of others while one is not taken, and what is told of one in its order', async () => {
    await write(1, id(101))
    await write(2, id(101))
    await write(3, id(102))
    await write(4, id(102))
    const taken: string[] = []
    const products = async ({ id: taking }: DomainEvent) => {
      if (taking === id(1)) throw new Error('this one will not do')
      taken.push(taking)
    }
    relay = createOutboxRelay({ db, logger: silentLogger, pollIntervalMs: 20, receivers: { products } })
    await vi.waitFor(() => expect(taken).toEqual([id(3), id(4)]))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(taken).toEqual([id(3), id(4)])
  })

  it('goes past however many it cannot bring, and brings them and what is behind them in order when it can', async () => {
    const poisoned = Array.from({ length: 120 }, (_, place) => id(1_000 + place))
    for (const [place, line] of poisoned.entries()) await write(place, line)
    let isPoisonous = true
    const taken: LineAccessChanged[] = []
    const products = async (event: DomainEvent) => {
      const changed = event as LineAccessChanged
      if (isPoisonous && poisoned.includes(changed.lineId)) throw new Error('this one will not do')
      taken.push(changed)
    }
    relay = createOutboxRelay({ db, logger: silentLogger, pollIntervalMs: 5, receivers: { products } })
    for (let number = 500; number < 550; number++) await write(number, id(number))
    const [line = ''] = poisoned
    for (const number of [600, 601]) await write(number, line)
    await vi.waitFor(() => expect(taken).toHaveLength(50), PATIENCE)
    // They are tried again beside others, and nothing behind them goes before.
    await vi.waitFor(async () => {
      const [{ least } = { least: 0 }] = await database.sql<{ least: number }>(
        `select min(failures) as least from linked_numbers.outbox where receiver = 'products' and row_key <> $1`,
        [`line ${line}`],
      )
      expect(least).toBeGreaterThan(1)
    }, PATIENCE)
    expect(taken).toHaveLength(50)
    isPoisonous = false
    await vi.waitFor(() => expect(taken).toHaveLength(172), PATIENCE)
    expect(taken.filter(({ lineId }) => lineId === line).map(({ version }) => version)).toEqual([0, 600, 601])
  })

  it('goes past events of a later release, which its receiver does not know, as past any others', async () => {
    await database.sql(
      `insert into linked_numbers.outbox (id, receiver, payload, row_key)
       select id, 'products', jsonb_build_object('id', id, 'kind', 'LaterThing'), 'thing ' || id
       from (select gen_random_uuid() as id from generate_series(1, 150)) as later`,
    )
    await write(1)
    const taken: string[] = []
    const products = async (event: DomainEvent) => {
      if (event.kind !== 'LineAccessChanged') throw new Error('of this kind nothing is known')
      taken.push(event.id)
    }
    relay = createOutboxRelay({ db, logger: silentLogger, pollIntervalMs: 5, receivers: { products } })
    await vi.waitFor(() => expect(taken).toEqual([id(1)]), { timeout: 15_000, interval: 50 })
  })

  it('ends when it is told to, though it is waiting for one that is down', async () => {
    await write(1)
    const failed = vi.fn(() => Promise.reject(new Error('down')))
    relay = createOutboxRelay({ db, logger: silentLogger, pollIntervalMs: 60_000, receivers: { products: failed } })
    await vi.waitFor(() => expect(failed).toHaveBeenCalled())
    await relay.stop()
    expect(await waiting()).toEqual(['payments', 'products'])
  })
})
