import type { Transaction } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDisagreements } from '../../../../cli/testing/agreement.ts'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader } from '../../../../platform/database/reader.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { type Logger, silentLogger } from '../../../../platform/logger.ts'
import { createPolicies } from '../../../../platform/policy/policies.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { placeHold } from '../../ledger/holds.ts'
import { post } from '../../ledger/post.ts'
import { give, type Movement, take } from '../../ledger/posting.ts'
import { paymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { earnPoints } from './earn-points.ts'
import { expirePoints } from './expire-points.ts'

const LINE = lineId(1)
const WORKERS = 8
/** More lines than are read at once. */
const MANY = Array.from({ length: 620 }, (_, number) => number)
/** Each with five points that are over, and ten roubles that were spent. */
const MANY_LINES = [
  `insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
   select line_id, line_id, 'CORRECTION', 'given', '2026-04-01', '2026-04-01' from unnest($1::uuid[]) as line_id`,
  `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount, kind)
   select line_id, line_id, unit::payments.ledger_unit, debit::payments.ledger_account,
     credit::payments.ledger_account, amount, kind
   from unnest($1::uuid[]) as line_id, (values
     ('KOPECK', 'REVENUE', 'CUSTOMER', 1000, 'CORRECTION'), ('KOPECK', 'CUSTOMER', 'REVENUE', 1000, 'SERVICE_CHARGE'),
     ('POINT', 'BONUS_PROGRAMME', 'CUSTOMER', 5, 'CORRECTION')
   ) as movement (unit, debit, credit, amount, kind)`,
  `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
   select line_id, line_id, 5, 5, '2025-05-01', '2026-05-01' from unnest($1::uuid[]) as line_id`,
]

describe('bonus points', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let dependencies: Parameters<typeof earnPoints>[0]
  let close: () => Promise<void>
  let now = new Date('2026-03-01T12:00:00Z')
  const clock = { now: () => now }

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 100_000n, points: 0n })
    const url = database.urls.payments
    db = connectDatabase<Tables>({ url, logger: watchedLogger })
    const reader = createReader({ url, logger: watchedLogger })
    const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
    dependencies = { db, clock, newId: createNewId(clock), policies, logger: watchedLogger }
    close = async () => {
      await reader.close()
      await db.destroy()
      await database.drop()
    }
  })
  afterAll(() => close())

  const inTransaction = <Result>(work: (trx: Transaction<Tables>) => Promise<Result>) => db.transaction().execute(work)
  const move = (kind: 'SERVICE_CHARGE' | 'PURCHASE' | 'COMPENSATION' | 'BONUS_SPENT', movement: Movement) =>
    inTransaction((trx) =>
      post(trx, dependencies, {
        lineId: LINE,
        kind,
        sourceKey: dependencies.newId(),
        occurredAt: now,
        movements: [movement],
      }),
    )
  const earnAtOnce = () => Promise.all(Array.from({ length: WORKERS }, () => earnPoints(dependencies)))
  const points = async () => {
    const [row] = await database.sql<{ posted: string }>(
      `select posted::text from payments.ledger_balance where line_id = $1 and unit = 'POINT'`,
      [LINE],
    )
    return Number(row?.posted)
  }
  const lots = async () =>
    (
      await database.sql<{ remaining: string }>(
        'select remaining::text from payments.bonus_lot where line_id = $1 order by expires_at, id',
        [LINE],
      )
    ).map(({ remaining }) => Number(remaining))

  it('are earned by what is paid for services, each kopeck once, whoever looks', async () => {
    await move('SERVICE_CHARGE', take('KOPECK', 'REVENUE', 1_700n))
    await earnAtOnce()
    expect(await points()).toBe(3)
    await move('PURCHASE', take('KOPECK', 'MERCHANTS', 5_000n))
    await move('SERVICE_CHARGE', take('KOPECK', 'REVENUE', 300n))
    await earnAtOnce()
    expect(await points()).toBe(4)
  })

  it('are not earned by what was given back', async () => {
    await move('SERVICE_CHARGE', take('KOPECK', 'REVENUE', 2_000n))
    await move('COMPENSATION', give('KOPECK', 'REVENUE', 2_000n))
    await earnAtOnce()
    expect(await points()).toBe(4)
  })

  it('are spent oldest first, and not more than there are', async () => {
    now = new Date('2026-04-01T12:00:00Z')
    await move('SERVICE_CHARGE', take('KOPECK', 'REVENUE', 5_000n))
    await earnAtOnce()
    expect(await lots()).toEqual([3, 1, 10])
    await move('BONUS_SPENT', take('POINT', 'BONUS_PROGRAMME', 6n))
    expect(await lots()).toEqual([0, 0, 8])
    await expect(move('BONUS_SPENT', take('POINT', 'BONUS_PROGRAMME', 9n))).rejects.toThrow()
    expect(await points()).toBe(8)
  })

  it('expire once, but for those that are set aside', async () => {
    now = new Date('2027-04-01T11:59:59Z')
    expect(await expirePoints(dependencies)).toBe(0n)
    const hold = { lineId: LINE, unit: 'POINT', amount: 3n, kind: 'BONUS_SPENT', sourceKey: 'order:1' } as const
    await inTransaction((trx) => placeHold(trx, dependencies, { ...hold, expiresAt: new Date('2028-01-01') }))
    now = new Date('2027-04-01T12:00:00Z')
    const expired = await Promise.all(Array.from({ length: WORKERS }, () => expirePoints(dependencies)))
    expect(expired.reduce((sum, count) => sum + count, 0n)).toBe(5n)
    expect(await points()).toBe(3)
  })

  it('expire and are earned on however many lines, whatever stands against one of them', async () => {
    now = new Date('2026-05-01T12:00:00Z')
    const failures: unknown[] = []
    const logger = { ...silentLogger, error: ({ id }: { id: string }) => failures.push(id) } as unknown as Logger
    const first = MANY.map((number) => lineId(1_000 + number))
    for (const statement of MANY_LINES) await database.sql(statement, [first])
    // Nothing can be posted to a line whose last number is taken.
    const [poisoned = ''] = first
    await database.sql('update payments.ledger_balance set entry_sequence = entry_sequence - 1 where line_id = $1', [
      poisoned,
    ])
    const many = { ...dependencies, logger }
    expect(await expirePoints(many)).toBe(BigInt(MANY.length - 1) * 5n)
    expect(failures).toEqual([poisoned])
    await earnPoints(many)
    expect(failures).toEqual([poisoned, poisoned])
    const [left] = await database.sql(
      `select count(*)::int as lines, sum(remaining)::int as points from payments.bonus_lot
       where line_id = any($1) and remaining > 0`,
      [first],
    )
    expect(left).toEqual({ lines: MANY.length, points: 5 + (MANY.length - 1) * 2 })
    await database.sql('update payments.ledger_balance set entry_sequence = entry_sequence + 1 where line_id = $1', [
      poisoned,
    ])
    expect(await expirePoints(dependencies)).toBe(5n)
  })

  it('reconcile with the entries after all that', async () => {
    expect(await findDisagreements(database)).toEqual([])
  })
})
