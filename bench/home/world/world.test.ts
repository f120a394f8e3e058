import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { auditLedger } from '../../../subgraphs/payments/audit.ts'
import type { Tables } from '../../../subgraphs/payments/store/tables.ts'
import { nextCharge } from '../servers/charge.ts'
import { toHomeAnswer } from '../servers/sql/home-answer.ts'
import { HOME_ROWS_SQL, type HomeRow } from '../servers/sql/home-rows.ts'
import { accountId } from './crowd.ts'
import { fillWorld } from './fill.ts'

/** Dates as the server of the bench reads them. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: unknown) =>
  oid === pg.types.builtins.DATE ? String : pg.types.getTypeParser(oid, format as 'text')

describe('the world of the bench', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
    await fillWorld(database.adminUrl, [
      { linesEach: 2, firstAccount: 1, accountCount: 50 },
      { linesEach: 10, firstAccount: 1000, accountCount: 3 },
    ])
  })

  afterAll(() => database.drop())

  it('has the lines that its crowds say, with rights on them in each subgraph', async () => {
    const [counts] = await database.sql(`
      select (select count(*) from linked_numbers.line) as lines,
        (select count(*) from payments.line_access) as payments,
        (select count(*) from products.line_access) as products`)
    expect(counts).toEqual({ lines: 130n, payments: 130n, products: 130n })
  })

  it('has a ledger that its audit finds clean', async () => {
    const db = connectDatabase<Tables>({ url: database.urls.payments, logger: silentLogger })
    const report = await auditLedger(db)
    await db.destroy()
    expect(report.findings.filter(({ breaches }) => breaches > 0)).toEqual([])
  })

  it('is read by the hand-written SQL, page by page', async () => {
    const client = new pg.Client({ connectionString: database.adminUrl, types: { getTypeParser } })
    await client.connect()
    const now = new Date('2026-11-22T10:00:00Z')
    const values = [accountId(1000), 4, '00000000-0000-0000-0000-000000000000', now]
    const { rows } = await client.query<HomeRow>(HOME_ROWS_SQL, values)
    await client.end()
    const { data } = toHomeAnswer(accountId(1000), rows, 3, now) as {
      data: { viewer: { lines: { nodes: unknown[]; pageInfo: object } } }
    }
    expect(data.viewer.lines.nodes).toHaveLength(3)
    expect(data.viewer.lines.pageInfo).toMatchObject({ hasNextPage: true })
  })
})

describe('nextCharge', () => {
  const now = new Date('2026-02-10T00:00:00Z')

  it.each([
    ['in this month', '2025-01-15', 'MONTH', '2026-02-15T00:00:00.000Z'],
    ['in the next month, when this month’s day has come', '2025-01-10', 'MONTH', '2026-03-10T00:00:00.000Z'],
    ['on the last day of a month without that day', '2025-01-31', 'MONTH', '2026-02-28T00:00:00.000Z'],
    ['tomorrow, when it is daily', '2025-01-15', 'DAY', '2026-02-11T00:00:00.000Z'],
    ['never, when it was paid once', '2025-01-15', 'ONCE', null],
  ])('is %s', (_, activatedOn, period, expected) => {
    expect(nextCharge(activatedOn, period, '100', now)).toBe(expected)
  })
})
