import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { readOperations } from '../../schema/operations.ts'
import { checkSpendCaps } from './actions/spend-cap/check-spend-cap.ts'
import { reachedLevels, spendCapRule } from './actions/spend-cap/spend-cap-rule.ts'
import { lockBalance } from './ledger/balance.ts'
import { post } from './ledger/post.ts'
import { take } from './ledger/posting.ts'
import { SPENDING_KINDS } from './ledger/spending.ts'
import { createCardsInMemory } from './testing/cards-in-memory.ts'
import { moveMoney } from './testing/model/transfer.ts'
import { SOUND_PARTS } from './testing/model/world.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const OPERATIONS = readOperations()
const OWNER = accountId(1)
const LINE = lineId(1)
const NEVER_MS = 3_600_000

describe('the rule of a cap', () => {
  const resetsAt = new Date('2026-02-01T00:00:00Z')

  it('lets a line spend up to its cap and not a kopeck more', () => {
    const facts = { spending: { cap: 1_000n, spent: 400n }, resetsAt }
    expect(spendCapRule({ ...facts, amount: 600n })).toBeNull()
    expect(spendCapRule({ ...facts, amount: 601n })).toEqual({
      code: 'SPEND_CAP_REACHED',
      cap: 1_000n,
      left: 600n,
      resetsAt,
      isTheirs: true,
    })
    expect(spendCapRule({ spending: { cap: 1_000n, spent: 1_200n }, amount: 1n, resetsAt })).toMatchObject({ left: 0n })
    expect(spendCapRule({ spending: null, amount: 10n ** 12n, resetsAt })).toBeNull()
  })

  it('knows the levels that are reached, to the kopeck', () => {
    const levels = (spent: bigint) => reachedLevels({ cap: 1_000n, spent }, [50, 80, 100])
    expect([499n, 500n, 799n, 800n, 999n, 1_000n, 5_000n].map(levels)).toEqual([
      [],
      [50],
      [50],
      [50, 80],
      [50, 80],
      [50, 80, 100],
      [50, 80, 100],
    ])
  })
})

describe('a cap on spending', { timeout: 60_000 }, () => {
  let cabinet: TestCabinet
  let worker: Worker
  let now: Date
  const clock = { now: () => now }
  const workers: Worker[] = []

  beforeEach(async () => {
    now = new Date('2026-01-31T09:00:00Z')
    cabinet = await openTestCabinet({ clock, recurring: { roundIntervalMs: NEVER_MS } })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: OWNER, kopecks: 1_000_000n })
    worker = anotherWorker()
  })
  afterEach(async () => {
    for (const each of workers.splice(0)) await each.close()
    await cabinet.close()
  })

  function anotherWorker(): Worker {
    const made = createWorker({ database: cabinet.database, clock, savedCards: createCardsInMemory() })
    workers.push(made)
    return made
  }
  const ask = async (file: string, variables: Readonly<Record<string, unknown>>) => {
    const { data, errors } = await cabinet.ask(
      { query: OPERATIONS[file] ?? '', variables },
      await cabinet.accountToken(OWNER),
    )
    expect(errors).toBeUndefined()
    return data
  }
  const set = async (monthlyAmount: string) =>
    (await ask('set-spend-cap.graphql', { input: { lineId: LINE, monthlyAmount } })).setSpendCap
  const cap = async () => (await ask('spend-cap.graphql', { lineId: LINE })).line.spendCap
  const acts = async () => {
    const rows = await cabinet.database.sql<{ details: { percent: number } }>(
      `select id, payload -> 'details' as details, (payload ->> 'occurredAt')::timestamptz as at from payments.outbox
       where payload ->> 'act' = 'SPEND_CAP_LEVEL_REACHED'
       union select id, details, at from accounts.act where kind = 'SPEND_CAP_LEVEL_REACHED' order by at, id`,
    )
    return rows.map(({ details }) => details.percent)
  }
  /** As an action spends: it asks the cap under the lock, and posts if it may. */
  async function spendUnderCap({ dependencies }: Worker, amount: bigint): Promise<boolean> {
    return dependencies.db.transaction().execute(async (trx) => {
      await lockBalance(trx, LINE, 'KOPECK')
      const [reached] = await checkSpendCaps(trx, dependencies, [{ lineId: LINE, amount }])
      if (reached) return false
      const sourceKey = `test:${dependencies.newId()}`
      const movements = [take('KOPECK', 'REVENUE', amount)]
      await post(trx, dependencies, { lineId: LINE, kind: 'PURCHASE', sourceKey, occurredAt: now, movements })
      return true
    })
  }

  it('shows what was spent this month and what is left', async () => {
    await worker.spend(LINE, 10_000n)
    expect(await set('1000')).toMatchObject({
      __typename: 'SetSpendCapSuccess',
      line: { spendCap: { limit: { amount: '1000.00' }, remaining: { amount: '900.00' } } },
    })
    const parts = { ...worker.dependencies, parts: SOUND_PARTS }
    const { newId } = worker.dependencies
    const gift = { key: newId(), from: { id: LINE }, to: { id: newId() }, amount: 5_000n }
    await worker.dependencies.db.transaction().execute((trx) => moveMoney(trx, parts, gift))
    await worker.spend(LINE, 700n, 'TRANSFER_FEE')
    await worker.spend(LINE, 300n, 'PURCHASE_FEE')
    // Own money that goes back to the card, and what comes in, is no spending.
    await worker.spend(LINE, 50_000n, 'CARD_REFUND')
    await worker.topUp(LINE, 50_000n)
    expect(await cap()).toEqual({
      limit: { amount: '1000.00', currencyCode: 'RUB' },
      spent: { amount: '160.00', currencyCode: 'RUB' },
      remaining: { amount: '840.00', currencyCode: 'RUB' },
      resetsAt: '2026-01-31T21:00:00.000Z',
      alerts: [],
      asOf: now.toISOString(),
    })
    now = new Date('2026-01-31T21:00:00Z')
    expect(await cap()).toMatchObject({
      spent: { amount: '0.00' },
      resetsAt: '2026-02-28T21:00:00.000Z',
      asOf: '2026-01-31T21:00:00.000Z',
    })
  })

  it('counts what is set aside, and gives it back when it is let go', async () => {
    await set('1000')
    await cabinet.database.sql(
      `insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
       values ($1, $1, 'KOPECK', 60000, 'PURCHASE', 'test', '2026-01-01', '2027-01-01')`,
      [LINE],
    )
    expect(await cap()).toMatchObject({ spent: { amount: '600.00' } })
    expect(await spendUnderCap(worker, 50_000n)).toBe(false)
    await cabinet.database.sql(`update payments.hold set state = 'RELEASED', ended_at = now()`)
    expect(await spendUnderCap(worker, 50_000n)).toBe(true)
  })

  it('is not overrun by twenty who spend at one time', async () => {
    await set('1000')
    const crowd = [worker, anotherWorker(), anotherWorker()]
    const tries = Array.from({ length: 20 }, (_, index) => spendUnderCap(crowd[index % 3] ?? worker, 15_000n))
    const spent = (await Promise.all(tries)).filter((isSpent) => isSpent)
    expect(spent).toHaveLength(6)
    expect(await cap()).toMatchObject({ spent: { amount: '900.00' }, remaining: { amount: '100.00' } })
  })

  it('warns at each level once a month, whoever looks and however often', async () => {
    await set('1000')
    const crowd = [worker, anotherWorker(), anotherWorker()]
    const rounds = () => Promise.all(crowd.map((each) => each.round()))
    for (const [spent, told] of [
      [49_999n, []],
      [1n, [50]],
      [29_999n, [50]],
      [1n, [50, 80]],
      [25_000n, [50, 80, 100]],
    ] as const) {
      await worker.spend(LINE, spent)
      for (let time = 0; time < 2; time++) await rounds()
      now = new Date(now.getTime() + 60_000)
      expect(await acts()).toEqual(told)
    }
    expect((await cap()).alerts.map(({ percent }: { percent: number }) => percent)).toEqual([50, 80, 100])
    // A new month; two levels at once are one piece of news, of the higher.
    now = new Date('2026-02-10T09:00:00Z')
    await worker.spend(LINE, 85_000n)
    await rounds()
    expect(await acts()).toEqual([50, 80, 100, 80])
    expect((await cap()).alerts).toEqual([
      { percent: 50, toldAt: '2026-02-10T09:00:00.000Z' },
      { percent: 80, toldAt: '2026-02-10T09:00:00.000Z' },
    ])
    // Another cap has levels of its own; setting the same again does not.
    now = new Date(now.getTime() + 60_000)
    await set('1000')
    await rounds()
    expect(await acts()).toHaveLength(4)
    await set('900')
    await rounds()
    expect(await acts()).toEqual([50, 80, 100, 80, 80])
  })

  it('tells of a level that is reached by the fee of what was bought', async () => {
    await worker.spend(LINE, 49_900n, 'PURCHASE')
    await set('1000')
    await worker.round()
    expect(await acts()).toEqual([])
    await worker.spend(LINE, 100n, 'PURCHASE_FEE')
    await worker.round()
    expect(await acts()).toEqual([50])
  })

  it('lets nobody take a promised payment whose fee is over it, but one that costs nothing', async () => {
    await worker.spend(LINE, 99_500n)
    await set('1000')
    const take = async (amount: string) => {
      const input = { lineId: LINE, amount, idempotencyKey: `promise of ${amount}` }
      return (await ask('take-promised-payment.graphql', { input })).takePromisedPayment
    }
    expect(await take('100.00')).toMatchObject({
      __typename: 'NotEligibleError',
      reasons: [
        {
          code: 'SPEND_CAP_REACHED',
          message: 'Предел расходов на месяц 1\u00a0000,00\u00a0₽, осталось 5,00\u00a0₽.',
          remedy: expect.stringContaining('Поднимите или снимите предел'),
        },
      ],
    })
    expect(await cap()).toMatchObject({ spent: { amount: '995.00' } })
    // A fee that comes round goes over it.
    await worker.spend(LINE, 1_000n, 'SUBSCRIPTION_FEE')
    expect(await take('30.00')).toMatchObject({ __typename: 'TakePromisedPaymentSuccess' })
  })

  it('counts the kinds that its index has, so that the index serves', async () => {
    const [index] = await cabinet.database.sql<{ definition: string }>(
      `select pg_get_indexdef('payments.ledger_entry_spending'::regclass) as definition`,
    )
    const kinds = [...(index?.definition ?? '').matchAll(/'([A-Z_]+)'/g)].map(([, kind]) => kind)
    expect(kinds.filter((kind) => kind !== 'KOPECK').sort()).toEqual([...SPENDING_KINDS].sort())
  })

  it('is taken away, and must be within the operator’s range', async () => {
    await set('1000')
    const { removeSpendCap } = await ask('remove-spend-cap.graphql', { input: { lineId: LINE } })
    expect(removeSpendCap.__typename).toBe('RemoveSpendCapSuccess')
    expect(await cap()).toBeNull()
    expect(await spendUnderCap(worker, 500_000n)).toBe(true)
    expect(await set('99.99')).toMatchObject({
      __typename: 'NotEligibleError',
      path: ['monthlyAmount'],
      reasons: [{ code: 'AMOUNT_OUT_OF_RANGE', remedy: 'Укажите от 100,00\u00a0₽ до 100\u00a0000,00\u00a0₽.' }],
    })
    expect(await set('12.345')).toMatchObject({ __typename: 'InvalidAmountError', path: ['monthlyAmount'] })
  })
})
