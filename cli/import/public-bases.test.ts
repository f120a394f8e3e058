import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase } from '../../platform/database/connect.ts'
import { silentLogger } from '../../platform/logger.ts'
import { auditLedger } from '../../subgraphs/payments/audit.ts'
import type { Tables } from '../../subgraphs/payments/store/tables.ts'
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts'
import { readRows } from './testing/contents.ts'
import { importDirectory } from './testing/import-base.ts'

const DATA = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const hasData = existsSync(DATA)
if (!hasData) console.warn(`The public bases are not tried: there is no ${DATA}.`)

describe.runIf(hasData)('a public base', { timeout: 60_000 }, () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('of a telco comes in whole: its sums are those of its files', async () => {
    const { report, rejects } = await importDirectory(database, `${DATA}telco-base`)
    expect(rejects).toEqual([])
    expect(report.sums).toMatchObject({
      accounts: 7_043,
      lines: 10_014,
      activeOptions: 14_353,
      openingBalance: 1_605_616_870n,
      points: 3_207_728n,
    })
    const [stored] = await database.sql(`
      select (select count(*) from accounts.account)::int as accounts,
        (select count(*) from linked_numbers.line)::int as lines,
        (select count(*) from products.line_option where deactivated_at is null)::int as options,
        (select sum(posted) from payments.ledger_balance where unit = 'KOPECK')::text as kopecks,
        (select sum(posted) from payments.ledger_balance where unit = 'POINT')::text as points
    `)
    expect(stored).toEqual({
      accounts: 7_043,
      lines: 10_014,
      options: 14_353,
      kopecks: '1605616870',
      points: '3207728',
    })
    expect(await isLedgerClean(database)).toBe(true)
  })

  it('of a telco that comes again changes not one row', async () => {
    const before = await readRows(database)
    const { report } = await importDirectory(database, `${DATA}telco-base`)
    expect(await readRows(database)).toEqual(before)
    expect(report.files.map(({ addedCount }) => addedCount)).toEqual([0, 0, 0, 0])
    expect(report.sums.openingBalance).toBe(1_605_616_870n)
  })

  it('of Cider has its top-ups posted and its usage kept', async () => {
    const { report, rejects } = await importDirectory(database, `${DATA}cider-base`)
    expect(rejects).toEqual([])
    expect(report.sums).toMatchObject({ lines: 1_000, topUps: 9_899, toppedUp: 49_350_500n, usageRecords: 10_000 })
    const [stored] = await database.sql(`
      select sum(amount)::text as kopecks from payments.ledger_entry where debit_account = 'EXTERNAL_TOP_UP'
    `)
    expect(stored).toEqual({ kopecks: '49350500' })
    expect(await isLedgerClean(database)).toBe(true)
  })
})

async function isLedgerClean({ urls }: TestDatabase): Promise<boolean> {
  const db = connectDatabase<Tables>({ url: urls.payments, poolSizeMax: 1, logger: silentLogger })
  try {
    return (await auditLedger(db)).isClean
  } finally {
    await db.destroy()
  }
}
