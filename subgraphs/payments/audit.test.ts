import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../cli/testing/test-database.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createNewId } from '../../platform/ids.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { onlyLine } from './audit/ranges.ts'
import { auditLedger } from './audit.ts'
import { captureHold, placeHold } from './ledger/holds.ts'
import { post } from './ledger/post.ts'
import { give, take } from './ledger/posting.ts'
import type { BrokenLine } from './store/quarantine.ts'
import type { Tables } from './store/tables.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const LATER = new Date('2026-03-01T12:15:00Z')
const clock = { now: () => NOON }
const ledger = { clock, newId: createNewId(clock) }
const LINE = lineId(2)

describe('the audit', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>

  beforeEach(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    for (const number of [1, 2, 3]) await insertLine(database, { number, ownerId: accountId(1) })
    await moveMoney()
  })
  afterEach(async () => {
    await db.destroy()
    await database.drop()
  })

  /** A top-up, a hold of which a part was captured, and one that waits. */
  async function moveMoney(): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const about = { lineId: LINE, unit: 'KOPECK', kind: 'SERVICE_CHARGE', expiresAt: LATER } as const
      await post(trx, ledger, {
        ...{ lineId: LINE, kind: 'TOP_UP', sourceKey: 'a card', occurredAt: NOON },
        movements: [give('KOPECK', 'CARD_ACQUIRING', 5_000n)],
      })
      const held = await placeHold(trx, ledger, { ...about, amount: 700n, sourceKey: 'order 1' })
      if (held) await captureHold(trx, ledger, held, { movements: [take('KOPECK', 'REVENUE', 500n)] })
      await placeHold(trx, ledger, { ...about, amount: 300n, sourceKey: 'order 2' })
    })
  }

  /** Writes what nobody may, as the owner of the tables with every guard off. */
  async function plant(statement: string): Promise<void> {
    await database.sql(`begin; set local session_replication_role = replica; ${statement}; commit`)
  }

  const breached = async (now = NOON, linesAtOnce = 2) => {
    const { findings } = await auditLedger(db, { now, linesAtOnce })
    return findings.filter(({ breaches }) => breaches > 0)
  }

  const ofLine = `line_id = '${LINE}'`

  it('finds nothing where nothing is wrong, however many lines it takes at once', async () => {
    for (const linesAtOnce of [1, 2, 3, 100]) {
      const told: [number, number][] = []
      const report = await auditLedger(db, { now: NOON, linesAtOnce, onProgress: (...step) => told.push(step) })
      expect(report).toMatchObject({ isClean: true, lines: 3 })
      expect(told.at(-1)).toEqual([3, 3])
      expect(report.totals).toContainEqual({ unit: 'KOPECK', customers: 49_500n, outside: 49_500n, underWay: 0n })
    }
  })

  it.each([
    ['a transaction without entries', 'I1', `delete from payments.ledger_entry where ${ofLine} and kind = 'TOP_UP'`],
    ['an entry of no transaction', 'I1', `delete from payments.ledger_transaction where ${ofLine} and kind = 'TOP_UP'`],
    ['a balance that is not its sum', 'I2', `update payments.ledger_balance set posted = posted + 1 where ${ofLine}`],
    [
      'money that was there at once',
      'I2',
      `update payments.ledger_balance set opened_with = opened_with - 1 where ${ofLine}`,
    ],
    [
      'a balance from nowhere',
      'I2',
      `insert into payments.ledger_balance (line_id, unit, posted)
        values ('${lineId(9)}', 'KOPECK', 5)`,
    ],
    ['a gap in the numbers', 'I2', `update payments.ledger_entry set sequence = 9 where ${ofLine} and sequence = 3`],
    [
      'a balance after an entry',
      'I2',
      `update payments.ledger_entry set balance_after = 1 where ${ofLine} and sequence = 2`,
    ],
    [
      'a moment before the one before',
      'I2',
      `update payments.ledger_entry set posted_at = '2000-01-01' where ${ofLine} and sequence = 3`,
    ],
    ['an entry that was not counted', 'I2', `update payments.ledger_balance set entry_sequence = 7 where ${ofLine}`],
    [
      'a reservation without a hold',
      'I2',
      `update payments.ledger_balance set reserved = 301 where ${ofLine} and unit = 'KOPECK'`,
    ],
    ['a hold that reserves nothing', 'I2', `update payments.hold set amount = 299 where ${ofLine} and captured = 0`],
    [
      'points that are set aside of no lot',
      'I2',
      `update payments.ledger_balance set reserved = 1 where ${ofLine} and unit = 'POINT';
       insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
       values ('${LINE}', gen_random_uuid(), 'POINT', 1, 'BONUS_SPENT', 'order 3', now(), '2099-01-01')`,
    ],
    [
      'a lot that keeps points for nobody',
      'I2',
      `insert into payments.bonus_lot_hold
       select line_id, gen_random_uuid(), id, 1 from payments.bonus_lot where ${ofLine}`,
    ],
    [
      'a lot that keeps more than it has',
      'I2',
      `insert into payments.bonus_lot_hold
       select line_id, gen_random_uuid(), id, remaining + 1 from payments.bonus_lot where ${ofLine}`,
    ],
    ['points without a lot', 'I2', `update payments.bonus_lot set remaining = 1 where ${ofLine}`],
    ['lots of no points', 'I2', `delete from payments.ledger_balance where ${ofLine} and unit = 'POINT'`],
    [
      'a balance under its floor',
      'I3',
      `alter table payments.ledger_balance drop constraint balance_floor;
       update payments.ledger_balance set reserved = 90000 where ${ofLine} and unit = 'KOPECK'`,
    ],
    [
      'a floor that nothing was promised for',
      'I3',
      `update payments.ledger_balance set promised = 100 where ${ofLine} and unit = 'KOPECK'`,
    ],
    [
      'a promise that the floor does not know',
      'I3',
      `insert into payments.promised_payment (line_id, id, account_id, amount, fee, taken_at, due_at)
       values ('${LINE}', gen_random_uuid(), gen_random_uuid(), 100, 0, now(), now() + interval '1 day')`,
    ],
    [
      'a cause that moved money twice',
      'I4',
      `alter table payments.ledger_transaction drop constraint ledger_transaction_line_id_source_key_key;
       update payments.ledger_transaction set source_key = 'opening-balance' where ${ofLine}`,
    ],
    ['a capture that was not posted', 'I6', `update payments.hold set captured = 499 where ${ofLine} and captured > 0`],
    [
      'a hold that was let go and posted',
      'I6',
      `update payments.hold set state = 'RELEASED', captured = 0 where ${ofLine} and captured > 0`,
    ],
    [
      'a payment that was never posted',
      'I6',
      `insert into payments.payment (line_id, id, kind, status, amount, created_at, ended_at)
       values ('${LINE}', gen_random_uuid(), 'TOP_UP', 'SUCCEEDED', 5, now(), now())`,
    ],
    [
      'a change that nobody was told of',
      'I10',
      `delete from payments.balance_change where ${ofLine};
       insert into payments.balance_change values ('${LINE}', 8, 1, 1, now())`,
    ],
    [
      'an event that nobody takes',
      'I10',
      `insert into payments.outbox (id, receiver, payload, created_at)
       values (gen_random_uuid(), 'accounts', '{}', '2026-03-01T10:59:00Z')`,
    ],
    [
      'an amount that was changed',
      'I8',
      `update payments.ledger_entry set amount = 499 where ${ofLine} and sequence = 3`,
    ],
    ['a cause that was changed', 'I8', `update payments.ledger_transaction set order_id = 'another' where ${ofLine}`],
    ['a hash that was changed', 'I8', `update payments.ledger_entry set hash = 'x' where ${ofLine} and sequence = 2`],
    ['another end of the chain', 'I8', `update payments.ledger_balance set entry_hash = 'x' where ${ofLine}`],
    [
      'an entry that was left out, with all the rest made to fit',
      'I8',
      `delete from payments.ledger_entry where ${ofLine} and sequence = 2 and unit = 'KOPECK';
       delete from payments.ledger_transaction where ${ofLine} and kind = 'TOP_UP';
       update payments.ledger_entry set sequence = 2, balance_after = balance_after - 5000
         where ${ofLine} and sequence = 3;
       update payments.ledger_balance set entry_sequence = 2, posted = posted - 5000
         where ${ofLine} and unit = 'KOPECK'`,
    ],
    [
      'a guard that was taken away',
      'I8',
      'alter table payments.ledger_entry disable trigger ledger_entry_is_immutable',
    ],
    [
      'points that no lot would follow',
      'I8',
      'alter table payments.hold disable trigger points_are_set_aside_oldest_first',
    ],
    ['a right to write', 'I8', 'grant update (posted) on payments.ledger_balance to cabinet_payments'],
    ['a key that is gone', 'I4', 'alter table payments.hold drop constraint hold_line_id_source_key_key'],
    ['an index that is gone', 'I4', 'drop index payments.promised_payment_active'],
    [
      'a check that is not looked at',
      'I4',
      `alter table payments.payment drop constraint payment_amount_check;
       alter table payments.payment add constraint payment_amount_check check (amount > 0) not valid`,
    ],
    [
      'a key of another table by the same name',
      'I4',
      `alter table payments.payment drop constraint payment_pkey;
       alter table payments.balance_watch add constraint payment_pkey unique (line_id)`,
    ],
    [
      'points that are spent in no order',
      'I8',
      'alter table payments.ledger_entry disable trigger points_are_spent_oldest_first',
    ],
  ])('finds %s (%s)', async (_, invariant, statement) => {
    await plant(statement)
    expect((await breached()).map((finding) => finding.invariant)).toContain(invariant)
  })

  it('finds a hold that has outlived its time, a minute after', async () => {
    expect(await breached(new Date(LATER.getTime() + 60_000))).toEqual([])
    const [found] = await breached(new Date(LATER.getTime() + 60_001))
    expect(found).toMatchObject({ invariant: 'I7', breaches: 1, examples: [expect.stringContaining(LINE)] })
  })

  it('finds a payment that was credited to another line than it was for, and one that was credited twice', async () => {
    const posting = { kind: 'TOP_UP', occurredAt: NOON, movements: [give('KOPECK', 'EXTERNAL_TOP_UP', 1n)] } as const
    await database.sql('insert into payments.top_up_directory values ($1, $2)', ['p1', lineId(1)])
    const credit = (to: string, sourceKey: string, paymentId?: string) =>
      db
        .transaction()
        .execute((trx) =>
          post(trx, ledger, { ...posting, lineId: to, sourceKey, ...(paymentId && { cause: { paymentId } }) }),
        )
    await credit(lineId(1), 'top-up:p1')
    expect(await breached()).toEqual([])
    await credit(LINE, 'top-up:p1')
    const paymentId = ledger.newId()
    await credit(lineId(3), 'one', paymentId)
    await credit(lineId(3), 'two', paymentId)
    expect(await breached()).toMatchObject([{ invariant: 'I9', breaches: 2 }])
  })

  it('counts all breaches, shows some, and names every line that does not reconcile', async () => {
    await plant('update payments.ledger_entry set hash = sha256(hash)')
    const broken: BrokenLine[] = []
    const report = await auditLedger(db, { linesAtOnce: 1, onBroken: async (lines) => void broken.push(...lines) })
    expect(report.findings.find(({ breaches }) => breaches > 0)).toMatchObject({ invariant: 'I8', breaches: 14 })
    expect(broken.map((line) => line.lineId)).toEqual([1, 2, 3].map(lineId))
  })

  it('looks at one line only when it is told to', async () => {
    await plant(`update payments.ledger_balance set posted = posted + 1 where ${ofLine}`)
    expect((await auditLedger(db, { lines: onlyLine(lineId(1)) })).isClean).toBe(true)
    expect((await auditLedger(db, { lines: onlyLine(lineId(3)) })).isClean).toBe(true)
    expect((await auditLedger(db, { lines: onlyLine(LINE) })).isClean).toBe(false)
  })
})
