import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { readSpending } from '../../store/spending.ts'
import { readStatementPages } from '../../store/statement.ts'
import { createCardsInMemory } from '../../testing/cards-in-memory.ts'
import { createWorker } from '../../testing/worker.ts'
import { findDisagreements, type Telling } from './agreement.ts'

describe('what is told of money', () => {
  let database: TestDatabase
  const [LINE, OTHER] = [lineId(1), lineId(2)]

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    for (const number of [1, 2]) await insertLine(database, { number, ownerId: accountId(1), kopecks: 10_000n })
    const clock = { at: new Date('2026-02-27T12:00:00Z'), now: () => clock.at }
    const worker = createWorker({ database, clock, savedCards: createCardsInMemory() })
    await worker.spend(LINE, 300n)
    // In Moscow it is March already.
    clock.at = new Date('2026-02-28T21:30:00Z')
    await worker.spend(LINE, 500n, 'SUBSCRIPTION_FEE')
    await worker.topUp(LINE, 70n)
    await worker.topUp(OTHER, 1n)
    await worker.close()
  })
  afterAll(() => database.drop())

  const told = (telling: Partial<Telling>) =>
    findDisagreements(database, { readStatementPages, readSpending, ...telling })

  it('agrees', async () => {
    expect(await findDisagreements(database)).toEqual([])
  })

  it('does not when the statement leaves an entry out', async () => {
    const withoutFees: Telling['readStatementPages'] = async (...asked) =>
      (await readStatementPages(...asked)).map(
        (page) => page && { ...page, rows: page.rows.filter(({ kind }) => kind !== 'SUBSCRIPTION_FEE') },
      )
    expect(await told({ readStatementPages: withoutFees })).toEqual([
      expect.stringMatching(`${LINE}: after entry 4 its statement comes to 9770, not 9270`),
      expect.stringMatching(`${LINE}: its statement comes to 9770, its balance is 9270`),
      expect.stringMatching(`${LINE}: in 2026-03-01 its statement has TOP_UP 70 0 1, its spending SUBSCRIPTION_FEE`),
    ])
  })

  it('does not when the statement of points leaves an entry out', async () => {
    const withoutPoints: Telling['readStatementPages'] = async (reader, keys, now) =>
      (await readStatementPages(reader, keys, now)).map(
        (page, place) => page && (keys[place]?.unit === 'POINT' ? { ...page, rows: [] } : page),
      )
    expect(await told({ readStatementPages: withoutPoints })).toContainEqual(
      expect.stringMatching(`${LINE}: of points: its statement comes to 0, its balance is`),
    )
  })

  it('does not when spending has another month or another kind', async () => {
    const inUtc: Telling['readSpending'] = (reader, keys, { now }) =>
      readSpending(reader, keys, { now, timeZone: 'UTC' })
    expect(await told({ readSpending: inUtc })).toEqual(
      [LINE, LINE, OTHER, OTHER].map((line) => expect.stringMatching(`${line}: in 2026-0`)),
    )
    const asPurchases: Telling['readSpending'] = async (...asked) =>
      (await readSpending(...asked)).map(
        (rows) => rows && { ...rows, totals: rows.totals.map((total) => ({ ...total, kind: 'PURCHASE' })) },
      )
    expect((await told({ readSpending: asPurchases })).join()).toContain('spending PURCHASE')
  })

  it('does not when the ledger itself is wrong', async () => {
    await database.sql('alter table payments.ledger_entry disable trigger user')
    await database.sql('update payments.ledger_entry set amount = 2 where line_id = $1 and amount = 1', [OTHER])
    await database.sql('alter table payments.ledger_entry enable trigger user')
    const disagreements = (await findDisagreements(database)).join('\n')
    expect(disagreements).toContain('each stored balance is the sum of its entries')
    expect(disagreements).toContain(`line ${OTHER}: its statement comes to 10002, its balance is 10001`)
    expect(disagreements).toContain(`line ${OTHER}: its spending leaves 10002, its balance is 10001`)
  })
})
