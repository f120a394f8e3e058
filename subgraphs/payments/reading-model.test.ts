import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { formatKopecks } from '../../platform/money.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import type { LedgerKind } from './ledger/kinds.ts'
import { post } from './ledger/post.ts'
import { give, take } from './ledger/posting.ts'
import type { Tables } from './store/tables.ts'

const OPENED_AT = Date.parse('2024-01-15T00:00:00Z')
const BEGIN = Date.parse('2026-02-20T00:00:00Z')
const NOW = new Date('2026-06-01T00:00:00Z')
const OPENING = 10_000n
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** One thing that is done to a line, and when by the clock of whoever does it. */
interface Step {
  readonly kopecks: bigint
  readonly kind: LedgerKind
  /** Hours after the step before; below zero where another clock is behind. */
  readonly hours: number
}

interface SpendingArguments {
  /** Days, in Moscow. */
  readonly from: string
  readonly to: string
  readonly by: string
}

/** An entry as a list in memory has it. */
interface ModelEntry {
  readonly kind: LedgerKind
  readonly change: bigint
  readonly at: number
}

const sum = (entries: readonly ModelEntry[]) => entries.reduce((total, { change }) => total + change, 0n)
const dayInMoscow = (at: number) => new Date(at + 3 * HOUR_MS).toISOString().slice(0, 10)

const step = fc.oneof(
  fc.record({
    kopecks: fc.bigInt({ min: 1n, max: 50_000n }),
    kind: fc.constantFrom<LedgerKind>('TOP_UP', 'TRANSFER_RETURN', 'COMPENSATION'),
    hours: fc.integer({ min: -5, max: 90 }),
  }),
  fc.record({
    kopecks: fc.bigInt({ min: -20_000n, max: -1n }),
    kind: fc.constantFrom<LedgerKind>('SUBSCRIPTION_FEE', 'PURCHASE', 'CORRECTION'),
    hours: fc.integer({ min: -5, max: 90 }),
  }),
)

describe('what is told of a line’s money, beside a list in memory', () => {
  let cabinet: TestCabinet
  let db: ReturnType<typeof connectDatabase<Tables>>
  let token: string
  let lines = 0
  let now = NOW
  const clock = { now: () => now }
  const newId = createNewId({ now: () => NOW })

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => NOW } })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    token = await cabinet.accountToken(accountId(1))
    db = connectDatabase<Tables>({ url: cabinet.database.urls.payments, logger: watchedLogger })
  })
  afterAll(async () => {
    await db.destroy()
    await cabinet.close()
  })

  async function openLine() {
    const id = await insertLine(cabinet.database, { number: ++lines, ownerId: accountId(1), kopecks: OPENING })
    const entries: ModelEntry[] = [{ kind: 'OPENING_BALANCE', change: OPENING, at: OPENED_AT }]
    let at = BEGIN
    return {
      id,
      entries,
      /** Posts it, unless there is not enough. */
      async take({ kopecks, kind, hours }: Step) {
        if (sum(entries) + kopecks < 0n) return
        at += hours * HOUR_MS
        now = new Date(at)
        const movement = kopecks > 0n ? give('KOPECK', 'EXTERNAL_TOP_UP', kopecks) : take('KOPECK', 'REVENUE', -kopecks)
        const posting = { lineId: id, kind, sourceKey: newId(), occurredAt: now, movements: [movement] }
        await db.transaction().execute((trx) => post(trx, { clock, newId }, posting))
        entries.push({ kind, change: kopecks, at: Math.max(at, entries.at(-1)?.at ?? 0) })
      },
    }
  }

  async function ask(id: string, selection: string) {
    const { data, errors } = await cabinet.ask({ query: `{ line(id: "${id}") { ${selection} } }` }, token)
    expect(errors).toBeUndefined()
    return data.line
  }
  const page = async (id: string, given: string) => {
    const { ledgerEntries } = await ask(
      id,
      `ledgerEntries(${given}) {
        nodes { id kind amount { amount } balanceAfter { amount } postedAt } pageInfo { hasNextPage endCursor } }`,
    )
    return ledgerEntries
  }
  const shown = (entries: readonly ModelEntry[]) =>
    entries
      .map(({ kind, change, at }, index) => ({
        id: expect.any(String),
        kind,
        amount: { amount: formatKopecks(change) },
        balanceAfter: { amount: formatKopecks(sum(entries.slice(0, index + 1))) },
        postedAt: new Date(at).toISOString(),
      }))
      .reverse()

  /** All entries, page by page; between two pages more arrive. */
  async function walk(line: Awaited<ReturnType<typeof openLine>>, size: number, arriving: readonly Step[][]) {
    const seen: { readonly id: string }[] = []
    let after: string | null = null
    for (let turn = 0; ; turn++) {
      const { nodes, pageInfo } = await page(line.id, `first: ${size}${after ? `, after: "${after}"` : ''}`)
      seen.push(...nodes)
      if (!pageInfo.hasNextPage) return seen
      after = pageInfo.endCursor
      for (const one of arriving[turn % arriving.length] ?? []) await line.take(one)
    }
  }

  it('pages stay put while rows arrive: each that was there is seen once, in its order', async () => {
    const steps = fc.array(step, { maxLength: 30 })
    const arriving = fc.array(fc.array(step, { maxLength: 3 }), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 7 }), arriving, async (before, size, between) => {
        const line = await openLine()
        for (const one of before) await line.take(one)
        const expected = shown(line.entries)
        const seen = await walk(line, size, between)
        expect(seen).toEqual(expected)
        expect(new Set(seen.map(({ id }) => id)).size).toBe(expected.length)
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })

  async function checkBalances(id: string, entries: readonly ModelEntry[], moments: readonly number[]) {
    const { balance } = await ask(id, 'balance { available { amount } }')
    expect(balance.available.amount).toBe(formatKopecks(sum(entries)))
    const all = [...new Set([...moments, ...entries.flatMap((entry) => [entry.at, entry.at - 1])])]
    for (const some of Array.from({ length: Math.ceil(all.length / 20) }, (_, part) =>
      all.slice(part * 20, part * 20 + 20),
    )) {
      const asked = some.map((at) => `at${at}: balanceAt(at: "${new Date(at).toISOString()}") { posted { amount } }`)
      const told = await ask(id, asked.join(' '))
      for (const at of some) {
        const past = { posted: { amount: formatKopecks(sum(entries.filter((entry) => entry.at <= at))) } }
        expect(told[`at${at}`]).toEqual(at < OPENED_AT ? null : past)
      }
    }
  }

  async function checkPeriod(id: string, entries: readonly ModelEntry[], [from, to]: readonly [number, number]) {
    const bounds = `first: 100, from: "${new Date(from).toISOString()}", to: "${new Date(to).toISOString()}"`
    const { nodes } = await page(id, bounds)
    const isWithin = (at: number) => at >= from && at < to
    expect(nodes).toEqual(shown(entries).filter(({ postedAt }) => isWithin(Date.parse(postedAt))))
  }

  async function checkSpending(id: string, entries: readonly ModelEntry[], given: SpendingArguments) {
    const { from, to, by } = given
    const { spending } = await ask(
      id,
      `spending(from: "${from}", to: "${to}", by: ${by}) {
        balanceBefore { amount } balanceAfter { amount } ${SUMS} periods { from to ${SUMS} } }`,
    )
    expect(spending).toMatchObject({
      balanceBefore: { amount: formatKopecks(sum(entries.filter(({ at }) => dayInMoscow(at) < from))) },
      balanceAfter: { amount: formatKopecks(sum(entries.filter(({ at }) => dayInMoscow(at) <= to))) },
      ...sumsOf(entries, from, to),
    })
    for (const period of spending.periods) expect(period).toMatchObject(sumsOf(entries, period.from, period.to))
  }

  it('statement, spending, balance and balance at any moment agree to the kopeck', async () => {
    const moment = fc.integer({ min: OPENED_AT - HOUR_MS, max: NOW.getTime() })
    const period = fc.record({
      place: fc.nat(),
      days: fc.integer({ min: 0, max: 90 }),
      by: fc.constantFrom('DAY', 'WEEK', 'MONTH'),
    })
    const steps = fc.array(step, { minLength: 1, maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(steps, fc.tuple(moment, moment), period, async (before, moments, { place, days, by }) => {
        const line = await openLine()
        for (const one of before) await line.take(one)
        const { id, entries } = line
        await checkBalances(id, entries, moments)
        // From where something happened, so that a boundary in a wrong place is seen.
        const from = entries[place % entries.length]?.at ?? 0
        const to = from + days * DAY_MS
        await checkPeriod(id, entries, [from, to + 1])
        await checkSpending(id, entries, { from: dayInMoscow(from), to: dayInMoscow(to), by })
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })

  it('a line that has seen nothing of that is told of as it is', async () => {
    const id = await insertLine(cabinet.database, { number: 900, ownerId: accountId(1), kopecks: 0n })
    expect(id).toBe(lineId(900))
    expect((await page(id, 'first: 5')).nodes).toEqual([])
    expect(
      await ask(
        id,
        'before: balanceAt(at: "2024-01-14T23:59:59Z") { at } since: balanceAt(at: "2024-01-15T00:00:00Z") { posted { amount } }',
      ),
    ).toEqual({
      before: null,
      since: { posted: { amount: '0.00' } },
    })
  })
})

const SUMS = 'received { amount } spent { amount } byKind { kind amount { amount } count }'

function sumsOf(entries: readonly ModelEntry[], from: string, to: string) {
  const within = entries.filter(({ at }) => dayInMoscow(at) >= from && dayInMoscow(at) <= to)
  const kinds = Map.groupBy(within, ({ kind }) => kind)
  return {
    received: { amount: formatKopecks(sum(within.filter(({ change }) => change > 0n))) },
    spent: { amount: formatKopecks(-sum(within.filter(({ change }) => change < 0n))) },
    byKind: expect.toSatisfy(
      (told: { kind: LedgerKind; amount: { amount: string }; count: number }[]) =>
        told.length === kinds.size &&
        told.every(({ kind, amount, count }) => {
          const ofKind = kinds.get(kind) ?? []
          return amount.amount === formatKopecks(sum(ofKind)) && count === ofKind.length
        }),
    ),
  }
}
