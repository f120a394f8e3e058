import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertQuotes, type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './testing/money-world.ts'

/** Whoever is not answered in time asks again with the same key. */
function orUnanswered(error: Error): null {
  if (error.message.includes('SUBGRAPH_UNAVAILABLE')) return null
  throw error
}

describe('transfers at once', () => {
  let world: MoneyWorld

  beforeAll(async () => {
    world = await openMoneyWorld({ subgraphTimeoutMs: 10_000 })
    for (const name of ['sentPerDay', 'receivedPerDay']) {
      await world.sql(
        `insert into payments.policy (name, version, value, valid_from) values ($1, 2, '100000000', $2)`,
        [`transfer.${name}Kopecks`, '2020-01-01'],
      )
    }
    // A round may have read them before that, and what was read is used again for a second.
    world.clock.now = new Date(NOON.getTime() + 2_000)
  })
  afterAll(() => world.close())

  const quotes = (from: TestLine, to: TestLine, kopecks: bigint, count: number) =>
    insertQuotes(world, { from, to, kopecks, count, at: NOON })
  async function confirmAll(from: TestLine, ids: readonly string[], keyOf = (id: string) => id) {
    const token = await world.tokenOf(from)
    const hasOwnKeys = new Set(ids.map(keyOf)).size === ids.length
    return Promise.all(
      ids.map(async (quoteId) => {
        const input = { quoteId, idempotencyKey: keyOf(quoteId) }
        for (;;) {
          const answer = await world.run('confirm-transfer', { input }, token).catch(orUnanswered)
          // Whoever was not answered in time, and asks again under a key of their own, waits for themselves.
          const isStillDone = hasOwnKeys && answer?.__typename === 'OperationInProgressError'
          if (answer && !isStillDone) return String(answer.__typename)
        }
      }),
    )
  }
  const count = (names: readonly string[], name: string) => names.filter((other) => other === name).length

  it('of one balance, 500: as many as it bears, and 90 roubles stay', async () => {
    // 23 of 107 roubles each, 90 that stay, and 50 that are not enough for one more.
    const [from, to] = [await world.line(23n * 10_700n + 9_000n + 5_000n), await world.line(0n)]
    const names = await confirmAll(from, await quotes(from, to, 10_000n, 500))
    expect(count(names, 'ConfirmTransferSuccess')).toBe(23)
    expect(count(names, 'NotEligibleError')).toBe(477)
    await world.settled()
    expect(await world.money(from)).toEqual([14_000n, 0n])
    expect(await world.money(to)).toEqual([230_000n, 0n])
  })

  it('of one key, a hundred: one is made', async () => {
    const [from, to] = [await world.line(1_000_000n), await world.line(0n)]
    const [id = '', other = ''] = await quotes(from, to, 10_000n, 2)
    const names = await confirmAll(
      from,
      Array.from({ length: 100 }, () => id),
    )
    const made = count(names, 'ConfirmTransferSuccess')
    expect(made).toBeGreaterThan(0)
    expect(made + count(names, 'OperationInProgressError')).toBe(100)
    expect(await confirmAll(from, [other], () => id)).toEqual(['IdempotencyKeyReusedError'])
    await world.settled()
    expect(await world.money(from)).toEqual([989_300n, 0n])
    expect(await world.money(to)).toEqual([10_000n, 0n])
  })

  it('of one quote by a hundred keys: one is made', async () => {
    const [from, to] = [await world.line(1_000_000n), await world.line(0n)]
    const [id = ''] = await quotes(from, to, 10_000n, 1)
    let keys = 0
    const names = await confirmAll(
      from,
      Array.from({ length: 100 }, () => id),
      () => `key-${++keys}`,
    )
    expect(count(names, 'ConfirmTransferSuccess')).toBe(1)
    expect(count(names, 'TransferAlreadyConfirmedError')).toBe(99)
    await world.settled()
    expect(await world.money(from)).toEqual([989_300n, 0n])
  })

  it('to one another, in a ring: all are made, and at each moment all the money is there', async () => {
    const lines = [await world.line(1_000_000n), await world.line(1_000_000n), await world.line(1_000_000n)]
    const ids = lines.map(({ id }) => id)
    const pairs = lines.flatMap((from) => lines.filter((to) => to !== from).map((to) => ({ from, to })))
    const shown = await Promise.all(pairs.map(({ from, to }) => quotes(from, to, 500n, 30)))
    let isOver = false
    const watching = (async () => {
      const seen = new Set<string>()
      while (!isOver) seen.add(String(await moneyThere(ids)))
      return seen
    })()
    const sending = Promise.all(pairs.map(({ from }, place) => confirmAll(from, shown[place] ?? [])))
    const names = await sending
      .then(async (all) => {
        await world.settled()
        return all.flat()
      })
      .finally(() => {
        isOver = true
      })
    expect(count(names, 'ConfirmTransferSuccess')).toBe(180)
    expect([...(await watching)]).toEqual(['3000000'])
    for (const line of lines) expect(await world.money(line)).toEqual([1_000_000n - 60n * 700n, 0n])
  })

  /** What lines have, what the operator has of them, less what one of them got and the other has not yet given. */
  async function moneyThere(lineIds: readonly string[]): Promise<bigint> {
    const [row] = await world.sql<{ total: bigint }>(
      `select (
         (select sum(posted) from payments.ledger_balance where line_id = any($1) and unit = 'KOPECK')
         + (select coalesce(sum(amount), 0) from payments.ledger_entry where line_id = any($1) and credit_account = 'REVENUE')
         - (
           select coalesce(sum(sent.amount), 0) from payments.payment as sent
           join payments.ledger_transaction as credited on credited.source_key = 'transfer:' || sent.id
             and credited.kind = 'TRANSFER_IN'
           where sent.line_id = any($1) and sent.kind = 'TRANSFER_OUT' and sent.status = 'PENDING'
         )
       )::bigint as total`,
      [lineIds],
    )
    return BigInt(row?.total ?? 0)
  }
})
