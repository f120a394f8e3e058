import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { KEYS_AND_CHECKS, TRIGGERS } from './guarded.ts'

/** Where no money, points or promise of them is: whatever is wrong there, the books are right. */
const NOT_OF_MONEY = [
  ...['balance_watch', 'card', 'kysely_migration', 'kysely_migration_lock', 'ledger_audit', 'ledger_quarantine'],
  ...['line_access', 'merchant', 'policy', 'reconciliation', 'reconciliation_difference', 'spend_cap_alert'],
  'transfer_quote_day',
]

describe('what the audit looks after', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  /** What the migrations make, by table. */
  async function made(query: string): Promise<Record<string, string[]>> {
    const rows = await database.sql<{ owner: string; name: string }>(query)
    const ofMoney = rows.filter(({ owner }) => !NOT_OF_MONEY.includes(owner))
    const byTable = Object.groupBy(ofMoney, ({ owner }) => owner)
    return Object.fromEntries(
      Object.entries(byTable).map(([owner, found = []]) => [owner, found.map(({ name }) => name).sort()]),
    )
  }
  const sorted = (names: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(Object.entries(names).map(([owner, own]) => [owner, [...own].sort()]))

  it('is every key, check and unique index of the tables of money', async () => {
    const found = await made(`
      select relname as owner, conname as name from pg_constraint join pg_class on pg_class.oid = conrelid
      where relnamespace = 'payments'::regnamespace and contype in ('c', 'f', 'p', 'u', 'x')
      union
      select owner.relname, key.relname from pg_index
      join pg_class as key on key.oid = indexrelid join pg_class as owner on owner.oid = indrelid
      where owner.relnamespace = 'payments'::regnamespace and indisunique
    `)
    expect(sorted(KEYS_AND_CHECKS)).toEqual(found)
  })

  it('is every trigger of those tables', async () => {
    const found = await made(`
      select relname as owner, tgname as name from pg_trigger join pg_class on pg_class.oid = tgrelid
      where relnamespace = 'payments'::regnamespace and not tgisinternal
    `)
    expect(sorted(TRIGGERS)).toEqual(found)
  })
})
