import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { type Logger, silentLogger } from '../../../platform/logger.ts'
import type { Policies } from '../../../platform/policy/policies.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { type PaymentsPolicies, paymentsPolicies } from '../store/policies.ts'
import { listQuarantine } from '../store/quarantine.ts'
import type { Tables } from '../store/tables.ts'
import { auditDaily } from './daily-audit.ts'
import { releaseLine } from './release-line.ts'

let database: TestDatabase
let db: ReturnType<typeof connectDatabase<Tables>>
let now = new Date('2026-03-01T00:59:00Z')
const clock = { now: () => now }
const errors: object[] = []
const logger = { ...silentLogger, error: (details: object) => void errors.push(details) } as unknown as Logger
const policies = {
  current: async () => ({ 'audit.utcHour': 1 }) as PaymentsPolicies,
} satisfies Policies<PaymentsPolicies>
const audit = () => auditDaily({ db, clock, policies, logger })

beforeAll(async () => {
  database = await createTestDatabase()
  db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  for (const number of [1, 2]) await insertLine(database, { number, ownerId: accountId(1) })
})
afterAll(async () => {
  await db.destroy()
  await database.drop()
})

const plant = (statement: string) =>
  database.sql(`begin; set local session_replication_role = replica; ${statement}; commit`)

it('is done from its hour on, once a day whoever comes first, and anew when it was lost', async () => {
  expect(await audit()).toBe(null)
  now = new Date('2026-03-01T01:00:00Z')
  const reports = await Promise.all(Array.from({ length: 5 }, audit))
  expect(reports.filter((report) => report !== null)).toMatchObject([{ isClean: true, lines: 2 }])
  now = new Date('2026-03-01T23:00:00Z')
  expect(await audit()).toBe(null)
  await database.sql('update payments.ledger_audit set finished_at = null, breaches = null')
  expect(await audit()).toMatchObject({ isClean: true })
  expect(errors).toEqual([])
})

it('keeps a line that does not reconcile from being served, says so, and lets it out when it is well', async () => {
  await plant(`update payments.ledger_balance set posted = posted + 1 where line_id = '${lineId(2)}'`)
  now = new Date('2026-03-02T02:00:00Z')
  expect(await audit()).toMatchObject({ isClean: false })
  expect(await listQuarantine(db)).toMatchObject([{ lineId: lineId(2), since: now }])
  expect(errors).toContainEqual(expect.objectContaining({ lineId: lineId(2) }))
  expect(errors).toContainEqual(expect.objectContaining({ invariant: 'I2', breaches: 2 }))
  expect(await database.sql('select breaches from payments.ledger_audit order by day desc limit 1')).toMatchObject([
    { breaches: expect.any(Number) },
  ])

  expect(await releaseLine(db, lineId(2))).toMatchObject({ kind: 'stillBroken', findings: [{ invariant: 'I2' }, {}] })
  await plant(`update payments.ledger_balance set posted = posted - 1 where line_id = '${lineId(2)}'`)
  expect(await releaseLine(db, lineId(2))).toEqual({ kind: 'released' })
  expect(await releaseLine(db, lineId(2))).toEqual({ kind: 'notQuarantined' })
  expect(await listQuarantine(db)).toEqual([])
})

it('has its policies in the table', async () => {
  const rows = await database.sql<{ name: string }>('select name from payments.policy')
  expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(paymentsPolicies.shape)))
})
