import type { Transaction } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { writeEvent } from '../../../platform/events/outbox.ts'
import { createNewId } from '../../../platform/ids.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { transferKey } from '../actions/transfers/confirm-transfer.ts'
import { auditLedger } from '../audit.ts'
import { captureHold, findHold, placeHold, releaseHold } from '../ledger/holds.ts'
import { post } from '../ledger/post.ts'
import { give, take } from '../ledger/posting.ts'
import { beginPayment, endPayment } from '../store/payments.ts'
import type { Tables } from '../store/tables.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const clock = { now: () => NOON }
const ledger = { clock, newId: createNewId(clock) }
const [SENDER, RECEIVER, THIRD] = [lineId(1), lineId(2), lineId(3)]
const [AMOUNT, FEE] = [1_000n, 700n]

const UNPAIRED = 'I1 what one line got another gave, or is about to, and the other way round'
const FROM_NOWHERE = 'I1 what all lines have is what came from outside, but for what is under way between them'
const MADE_UP = [FROM_NOWHERE, UNPAIRED]
const ENDS_APART = 'I6 what is set aside for a transfer, a purchase or a refund waits and ends with it, whole'
const FORGOTTEN = 'I10 a transfer that waits for the other line has an event on its way'

/** The books as the code could write them, whose every line is right by itself. */
describe('the audit of what passes between lines', () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  let id: string

  beforeEach(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    for (const number of [1, 2, 3]) await insertLine(database, { number, ownerId: accountId(1) })
    id = ledger.newId()
  })
  afterEach(async () => {
    await db.destroy()
    await database.drop()
  })

  const breached = async (): Promise<string[]> => {
    const { findings } = await auditLedger(db, { now: NOON, linesAtOnce: 1 })
    return findings.flatMap(({ breaches, invariant, meaning }) => (breaches > 0 ? [`${invariant} ${meaning}`] : []))
  }
  const write = <Result>(work: (trx: Transaction<Tables>) => Promise<Result>) => db.transaction().execute(work)

  async function send(): Promise<void> {
    await write(async (trx) => {
      const about = { lineId: SENDER, kind: 'TRANSFER_OUT' } as const
      await beginPayment(trx, { ...about, id, amount: AMOUNT, fee: FEE, accountId: null, at: NOON })
      await placeHold(trx, ledger, {
        ...{ ...about, unit: 'KOPECK', amount: AMOUNT + FEE, sourceKey: transferKey(id) },
        expiresAt: new Date('9999-12-31'),
      })
      await tell(trx)
    })
  }

  async function tell(trx: Transaction<Tables>): Promise<void> {
    const about = { id: ledger.newId(), kind: 'TransferCredited', occurredAt: NOON.toISOString() } as const
    await writeEvent(trx, { ...about, transferId: id, fromLineId: SENDER }, ['payments'])
  }

  async function credit(to = RECEIVER, amount = AMOUNT): Promise<void> {
    const posting = { lineId: to, kind: 'TRANSFER_IN', sourceKey: transferKey(id), occurredAt: NOON } as const
    await write((trx) => post(trx, ledger, { ...posting, movements: [give('KOPECK', 'TRANSFERS', amount)] }))
  }

  async function settle(end: 'take' | 'giveBack', payment: 'SUCCEEDED' | 'FAILED'): Promise<void> {
    await write(async (trx) => {
      const hold = await findHold(trx, { lineId: SENDER, sourceKey: transferKey(id) })
      if (hold === null) throw new Error('nothing was sent')
      const movements = [take('KOPECK', 'TRANSFERS', AMOUNT), take('KOPECK', 'REVENUE', FEE, 'TRANSFER_FEE')]
      if (end === 'take') await captureHold(trx, ledger, hold, { movements, cause: { paymentId: id } })
      else await releaseHold(trx, hold, NOON)
      await endPayment(trx, { lineId: SENDER, id }, { status: payment, at: NOON })
    })
    await database.sql('delete from payments.outbox')
  }

  it('finds nothing in a transfer that is sent, credited and taken, however far it is', async () => {
    await send()
    expect(await breached()).toEqual([])
    await credit()
    expect(await breached()).toEqual([])
    const { totals } = await auditLedger(db)
    expect(totals).toContainEqual({ unit: 'KOPECK', customers: 46_000n, outside: 45_000n, underWay: AMOUNT })
    await settle('take', 'SUCCEEDED')
    expect(await breached()).toEqual([])
    const { totals: after } = await auditLedger(db)
    expect(after).toContainEqual({ unit: 'KOPECK', customers: 44_300n, outside: 44_300n, underWay: 0n })
  })

  it('finds money that came from no line', async () => {
    await credit()
    expect(await breached()).toEqual(MADE_UP)
  })

  it('finds what was credited to two lines, or with another amount than was sent', async () => {
    await send()
    await credit(RECEIVER, AMOUNT + 1n)
    expect(await breached()).toEqual(MADE_UP)
    await settle('take', 'SUCCEEDED')
    expect(await breached()).toEqual(MADE_UP)
    await credit(THIRD)
    expect(await breached()).toEqual(MADE_UP)
  })

  it('finds what was credited and went back to its sender', async () => {
    await send()
    await credit()
    await settle('giveBack', 'FAILED')
    expect(await breached()).toEqual(MADE_UP)
  })

  it('finds what was taken and came to no line', async () => {
    await send()
    await settle('take', 'SUCCEEDED')
    expect(await breached()).toEqual(MADE_UP)
  })

  it('finds a payment that does not end as its hold does', async () => {
    await send()
    await credit()
    await settle('take', 'FAILED')
    expect(await breached()).toContain(ENDS_APART)
  })

  it('finds what is set aside for a transfer that nobody sent', async () => {
    await send()
    await database.sql('delete from payments.payment')
    await credit()
    expect(await breached()).toEqual([...MADE_UP, ENDS_APART])
  })

  it('finds a transfer that waits for an event that is nowhere', async () => {
    await send()
    await database.sql('delete from payments.outbox')
    expect(await breached()).toEqual([FORGOTTEN])
  })

  const gift = (line: string, kind: 'BONUS_GIVEN' | 'BONUS_RECEIVED', points: bigint) =>
    write(async (trx) => {
      const move = kind === 'BONUS_GIVEN' ? take : give
      const posting = { lineId: line, kind, sourceKey: `gift:${id}`, occurredAt: NOON } as const
      await post(trx, ledger, { ...posting, movements: [move('POINT', 'BONUS_PROGRAMME', points)] })
      if (kind === 'BONUS_GIVEN') return
      const lot = { line_id: line, id, earned: points, remaining: points, earned_at: NOON, expires_at: NOON }
      await trx.insertInto('bonus_lot').values(lot).execute()
    })
  const bring = (points: number) =>
    write((trx) =>
      writeEvent(
        trx,
        {
          ...{ id: ledger.newId(), kind: 'BonusPointsGiven', occurredAt: NOON.toISOString(), giftId: id },
          ...{ toLineId: RECEIVER, fromPhone: null },
          lots: [points - 1, 1].map((part) => ({ points: String(part), expiresAt: NOON.toISOString() })),
        },
        ['payments'],
      ),
    )

  it('finds nothing in a gift of points that is given, on its way and received', async () => {
    await gift(SENDER, 'BONUS_GIVEN', 20n)
    await bring(20)
    expect(await breached()).toEqual([])
    const { totals } = await auditLedger(db)
    expect(totals).toContainEqual({ unit: 'POINT', customers: 190n, outside: 210n, underWay: -20n })
    await gift(RECEIVER, 'BONUS_RECEIVED', 20n)
    await database.sql('delete from payments.outbox')
    expect(await breached()).toEqual([])
  })

  it('finds points that nobody gave, that got lost, and that became more on their way', async () => {
    await gift(RECEIVER, 'BONUS_RECEIVED', 20n)
    expect(await breached()).toEqual(MADE_UP)
    await gift(SENDER, 'BONUS_GIVEN', 19n)
    expect(await breached()).toEqual(MADE_UP)
    id = ledger.newId()
    await gift(SENDER, 'BONUS_GIVEN', 20n)
    await bring(21)
    const { findings } = await auditLedger(db)
    expect(findings.find(({ meaning }) => UNPAIRED.endsWith(meaning))).toMatchObject({
      breaches: 2,
      examples: expect.arrayContaining([`gift:${id}: 0 came, 20 went`]),
    })
  })
})
