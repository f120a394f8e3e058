import { sql, type Transaction } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { invariant } from '../../../platform/invariant.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { purchaseKey } from '../actions/purchases/confirm-purchase.ts'
import { endPurchaseAs } from '../actions/purchases/end-purchase.ts'
import { refundSourceKey } from '../actions/refunds/settle-refund.ts'
import { auditLedger } from '../audit.ts'
import { captureHold, findHold, type Hold, NEVER, placeHold, releaseHold } from '../ledger/holds.ts'
import { post } from '../ledger/post.ts'
import { give, take } from '../ledger/posting.ts'
import { setPaymentStatus } from '../store/card-payments.ts'
import { endCardRefund, insertCardRefund } from '../store/card-refunds.ts'
import { beginPayment, endPayment } from '../store/payments.ts'
import { beginPurchase, endPurchase, type Purchase } from '../store/purchases.ts'
import type { Tables } from '../store/tables.ts'
import { PAYMENT_CHECKS } from './payments.ts'
import { onlyLine } from './ranges.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const clock = { now: () => NOON }
const ledger = { clock, newId: createNewId(clock) }
const LINE = lineId(1)
const [AMOUNT, FEE] = [10_000n, 100n]

const ENDS_APART = 'what is set aside for a transfer, a purchase or a refund waits and ends with it, whole'
const ASKED_APART = 'a merchant is asked of a purchase for as long as its payment waits'
const POSTED_APART =
  'a payment that succeeded is posted whole, one that was refunded is back, and any other has left nothing'

/** The books as the code could write them, if it did one half of a thing and not the other. */
describe('the audit of payments', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let id: string

  beforeEach(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 50_000n })
    id = ledger.newId()
  })
  afterEach(async () => {
    await db.destroy()
    await database.drop()
  })

  const breached = async (): Promise<string[]> => {
    const { findings } = await auditLedger(db, { now: NOON })
    return findings.flatMap(({ breaches, meaning }) => (breaches > 0 ? [meaning] : []))
  }
  const write = <Result>(work: (trx: Transaction<Tables>) => Promise<Result>) => db.transaction().execute(work)
  const held = async (trx: Transaction<Tables>, sourceKey: string): Promise<Hold> => {
    const hold = await findHold(trx, { lineId: LINE, sourceKey })
    invariant(hold, 'it was set aside')
    return hold
  }
  const setAside = (trx: Transaction<Tables>, kind: 'PURCHASE' | 'CARD_REFUND', sourceKey: string, amount: bigint) =>
    placeHold(trx, ledger, { lineId: LINE, unit: 'KOPECK', kind, sourceKey, amount, expiresAt: NEVER })
  const end = (status: 'SUCCEEDED' | 'FAILED') =>
    write((trx) => endPayment(trx, { lineId: LINE, id }, { status, at: NOON }))

  describe('of purchases', () => {
    const purchase = (): Purchase => ({
      ...{ lineId: LINE, id, merchantId: 'water', reference: '10203040', transactionId: '1', asked: 0 },
      ...{ amount: AMOUNT, fee: FEE, feePermille: 10, begunAt: NOON, member: null },
    })
    beforeEach(() =>
      write(async (trx) => {
        const payment = { lineId: LINE, id, kind: 'PURCHASE', amount: AMOUNT, fee: FEE } as const
        await beginPayment(trx, { ...payment, accountId: accountId(1), at: NOON })
        await setAside(trx, 'PURCHASE', purchaseKey(id), AMOUNT + FEE)
        await beginPurchase(trx, purchase())
      }),
    )
    const isOver = () => write((trx) => endPurchase(trx, { lineId: LINE, id }))
    const letGo = () => write(async (trx) => releaseHold(trx, await held(trx, purchaseKey(id)), NOON))
    const pay = (amount: bigint) =>
      write(async (trx) => {
        const movements = [take('KOPECK', 'MERCHANTS', amount)]
        await captureHold(trx, ledger, await held(trx, purchaseKey(id)), { movements, cause: { paymentId: id } })
      })

    it.each([
      ['paid', { kind: 'done' }],
      ['refused', { kind: 'refused', code: 'PAYMENT_REFUSED' }],
    ] as const)('finds nothing in one that waits, nor when it is %s', async (_, answer) => {
      expect(await breached()).toEqual([])
      await endPurchaseAs({ ...ledger, db, currencyCode: 'RUB', onEvent: () => undefined }, purchase(), answer)
      expect(await breached()).toEqual([])
    })

    it('finds one that failed and has its money set aside for ever', async () => {
      await isOver()
      await end('FAILED')
      expect(await breached()).toEqual([ENDS_APART])
    })

    it('finds one that waits and whose money was let go', async () => {
      await letGo()
      expect(await breached()).toEqual([ENDS_APART])
    })

    it('finds one that was paid with a part of its money', async () => {
      await pay(1n)
      await isOver()
      await end('SUCCEEDED')
      expect(await breached()).toEqual([ENDS_APART, POSTED_APART])
    })

    it('finds one that was paid and waits', async () => {
      await pay(AMOUNT + FEE)
      expect(await breached()).toEqual([ENDS_APART, POSTED_APART])
    })

    it('finds one of which nobody asks though it waits, and one of which somebody asks though it is over', async () => {
      await isOver()
      expect(await breached()).toEqual([ASKED_APART])
      await database.sql('update payments.purchase set is_over = false')
      await letGo()
      await end('FAILED')
      expect(await breached()).toEqual([ASKED_APART])
    })
  })

  describe('of top-ups and their refunds', () => {
    beforeEach(() =>
      write((trx) =>
        beginPayment(trx, { lineId: LINE, id, kind: 'TOP_UP', amount: AMOUNT, accountId: accountId(1), at: NOON }),
      ),
    )
    const credit = (amount: bigint) =>
      write((trx) =>
        post(trx, ledger, {
          ...{ lineId: LINE, kind: 'TOP_UP', sourceKey: 'a card', occurredAt: NOON, cause: { paymentId: id } },
          movements: [give('KOPECK', 'CARD_ACQUIRING', amount)],
        }),
      )
    const isRefunded = () =>
      write((trx) =>
        setPaymentStatus(trx, { lineId: LINE, paymentId: id }, { status: 'REFUNDED', failure: null, now: NOON }),
      )
    async function refund(refundId: string, amount: bigint): Promise<void> {
      await write(async (trx) => {
        await setAside(trx, 'CARD_REFUND', refundSourceKey({ id: refundId }), amount)
        await insertCardRefund(trx, {
          ...{ lineId: LINE, refundId, paymentId: id, acquirerPaymentId: '1', amount },
          ...{ staffId: 'tester', requestSealed: 'sealed', now: NOON },
        })
      })
    }
    const endRefund = (refundId: string, status: 'SUCCEEDED' | 'FAILED') =>
      write((trx) =>
        endCardRefund(trx, { lineId: LINE, refundId }, { status, failure: null, refundedAt: null, now: NOON }),
      )
    const giveBack = (refundId: string) =>
      write(async (trx) => {
        const hold = await held(trx, refundSourceKey({ id: refundId }))
        const movements = [take('KOPECK', 'CARD_ACQUIRING', hold.amount)]
        await captureHold(trx, ledger, hold, { movements, cause: { paymentId: id } })
      })

    it('finds nothing in one that waits, is credited, and goes back in parts', async () => {
      expect(await breached()).toEqual([])
      await credit(AMOUNT)
      await end('SUCCEEDED')
      expect(await breached()).toEqual([])
      const [part, rest] = [ledger.newId(), ledger.newId()]
      await refund(part, 1n)
      expect(await breached()).toEqual([])
      await giveBack(part)
      await endRefund(part, 'SUCCEEDED')
      expect(await breached()).toEqual([])
      await refund(rest, AMOUNT - 1n)
      await giveBack(rest)
      await endRefund(rest, 'SUCCEEDED')
      await isRefunded()
      expect(await breached()).toEqual([])
    })

    it('finds one that succeeded with another amount than was credited', async () => {
      await credit(1n)
      await end('SUCCEEDED')
      expect(await breached()).toEqual([POSTED_APART])
    })

    it.each([
      ['waits', null],
      ['failed', 'FAILED'],
    ] as const)('finds one that was credited and %s', async (_, status) => {
      await credit(AMOUNT)
      if (status) await end(status)
      expect(await breached()).toEqual([POSTED_APART])
    })

    it('finds one that is said to be refunded and is not back', async () => {
      await credit(AMOUNT)
      await isRefunded()
      expect(await breached()).toEqual([POSTED_APART])
    })

    it('finds one that is back and is not said to be refunded', async () => {
      await credit(AMOUNT)
      await end('SUCCEEDED')
      const refundId = ledger.newId()
      await refund(refundId, AMOUNT)
      await giveBack(refundId)
      await endRefund(refundId, 'SUCCEEDED')
      expect(await breached()).toEqual([POSTED_APART])
    })

    it('finds a refund that failed and has its money set aside for ever, and one that is back and waits', async () => {
      await credit(AMOUNT)
      await end('SUCCEEDED')
      const [failed, waiting] = [ledger.newId(), ledger.newId()]
      await refund(failed, 1n)
      await endRefund(failed, 'FAILED')
      expect(await breached()).toEqual([ENDS_APART])
      await refund(waiting, 1n)
      await giveBack(waiting)
      const { findings } = await auditLedger(db)
      expect(findings.find(({ meaning }) => meaning === ENDS_APART)).toMatchObject({ breaches: 2 })
    })
  })

  it('reads what a line has posted once, however many payments it has', async () => {
    const payments = 200
    await database.sql(
      `with paid as (
         insert into payments.payment (line_id, id, kind, status, amount, created_at, ended_at)
         select $1, gen_random_uuid(), 'TOP_UP', 'SUCCEEDED', 1, now(), now() from generate_series(1, $2::int)
         returning line_id, id
       ), cause as (
         insert into payments.ledger_transaction (line_id, id, kind, source_key, payment_id, occurred_at, posted_at)
         select line_id, id, 'TOP_UP', id, id, now(), now() from paid returning line_id, id
       )
       insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
       select line_id, id, 'KOPECK', 'EXTERNAL_TOP_UP', 'CUSTOMER', 1 from cause`,
      [LINE, payments],
    )
    await database.sql('analyze payments.payment, payments.ledger_transaction, payments.ledger_entry')
    const read = await write(async (trx) => {
      const rowsRead = async () => {
        const { rows } = await sql<{ count: number }>`
          select (seq_tup_read + idx_tup_fetch)::int as count from pg_stat_xact_user_tables
          where schemaname = 'payments' and relname = 'ledger_transaction'
        `.execute(trx)
        return rows[0]?.count ?? 0
      }
      const before = await rowsRead()
      for (const { places } of PAYMENT_CHECKS) {
        const { rows } = await sql`select * from (${places(onlyLine(LINE), NOON)}) as found`.execute(trx)
        expect(rows).toEqual([])
      }
      return (await rowsRead()) - before
    })
    expect(read).toBeGreaterThanOrEqual(payments)
    expect(read).toBeLessThan(2 * payments)
  })
})
