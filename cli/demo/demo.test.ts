import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { withLoaders } from '../import/loaders.ts'
import { readContents } from '../import/testing/contents.ts'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { loadDemo } from './demo.ts'
import { createDemoRows, DEMO_COMPANY_OWNER_PHONE, DEMO_COMPANY_PHONE, DEMO_PHONE } from './demo-base.ts'

describe('the demo', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
    await load(database)
  }, 30_000)
  afterAll(() => database.drop())

  it('is the same every time, and loaded once', async () => {
    expect(createDemoRows()).toEqual(createDemoRows())
    const before = await readContents(database)
    await load(database)
    expect(await readContents(database)).toEqual(before)
  })

  it('has the shapes of real accounts', async () => {
    const [counts] = await database.sql(`
      with owned as (select owner_account_id, count(*) from linked_numbers.line group by 1)
      select (select count(*) from accounts.account)::int as accounts,
        (select count(*) from owned where count = 1)::int as singles,
        (select count(*) from owned where count between 2 and 5)::int as families,
        (select max(count) from owned)::int as company,
        (select count(*) from linked_numbers.line where status = 'BLOCKED')::int as blocked,
        (select count(*) from payments.ledger_balance where unit = 'KOPECK' and posted < 0)::int as debts,
        (select count(*) from payments.ledger_balance where unit = 'KOPECK' and posted = 0)::int as zeros,
        (select count(*) from products.offering where is_archived and kind = 'TARIFF')::int as archived
    `)
    expect(counts).toMatchObject({ accounts: expect.any(Number), company: 1_000, archived: 3 })
    for (const [name, count] of Object.entries(counts ?? {})) expect(count, name).toBeGreaterThan(2)
    expect(counts?.['accounts']).toBeGreaterThan(950)
  })

  it('has the telephone numbers that people sign in with', async () => {
    const lines = await database.sql(`
      select directory.msisdn, kind, role,
        (select count(*) from linked_numbers.account_line as own where own.account_id = account.id)::int as lines
      from linked_numbers.directory
      join linked_numbers.line on line.id = line_id
      join accounts.account on account.id = owner_account_id
      left join accounts.organization_member on member_id = account.id
      where directory.msisdn in ('${DEMO_PHONE}', '${DEMO_COMPANY_PHONE}', '${DEMO_COMPANY_OWNER_PHONE}') order by 1
    `)
    expect(lines).toEqual([
      { msisdn: DEMO_PHONE, kind: 'INDIVIDUAL', role: null, lines: 5 },
      { msisdn: DEMO_COMPANY_OWNER_PHONE, kind: 'INDIVIDUAL', role: 'OWNER', lines: 1 },
      { msisdn: DEMO_COMPANY_PHONE, kind: 'ORGANIZATION', role: null, lines: 1_000 },
    ])
  })
})

function load({ urls }: TestDatabase): Promise<unknown> {
  const loading = { databases: urls, clock: systemClock, newId: createNewId(systemClock), logger: silentLogger }
  return withLoaders(loading, (loaders) => loadDemo({ loaders, currency: 'RUB', clock: systemClock }))
}
