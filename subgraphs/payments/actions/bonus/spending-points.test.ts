import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader } from '../../../../platform/database/reader.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { createPolicies } from '../../../../platform/policy/policies.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import { auditLedger } from '../../audit.ts'
import { paymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { LotsModel } from '../../testing/lots-model.ts'
import { type ChargeActions, createChargeActions } from '../charges/charge-actions.ts'
import { expirePoints } from './expire-points.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000
const RUNS = 60
const DAY_MINUTES = 1_440

let database: TestDatabase
let db: ReturnType<typeof connectDatabase<Tables>>
let actions: ChargeActions
let expire: () => Promise<unknown>
let close: () => Promise<void>
let now = NOON
let made = 0

beforeAll(async () => {
  database = await createTestDatabase()
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  const place = { url: database.urls.payments, logger: watchedLogger }
  const clock = { now: () => now }
  db = connectDatabase<Tables>(place)
  const reader = createReader(place)
  const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
  const currencyCode = 'RUB' as const
  const dependencies = { db, clock, newId: createNewId(clock), policies, currencyCode, logger: watchedLogger }
  actions = createChargeActions(dependencies)
  expire = () => expirePoints(dependencies)
  close = async () => {
    await reader.close()
    await db.destroy()
    await database.drop()
  }
})
beforeEach(() => {
  now = NOON
})
afterAll(async () => {
  expect((await auditLedger(db, { now })).findings.filter(({ breaches }) => breaches > 0)).toEqual([])
  await close()
})

interface Lot {
  readonly points: bigint
  /** For how many hours it is good. */
  readonly hours: number
}

/** A line with lots. */
async function openLine(lots: readonly Lot[]): Promise<void> {
  await insertLine(database, { number: ++made, ownerId: accountId(1), points: 0n })
  await database.sql(
    `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
     select line_id, id, 'POINT', 'OPENING_BALANCE', 'CUSTOMER', $2 from payments.ledger_transaction where line_id = $1`,
    [lineId(made), lots.reduce((sum, { points }) => sum + points, 0n)],
  )
  await database.sql(
    `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
     select $1, gen_random_uuid(), points, points, '2025-03-01'::timestamptz + make_interval(hours => place::int),
       $2::timestamptz + make_interval(hours => until)
     from unnest($3::bigint[], $4::int[]) with ordinality as lot (points, until, place)`,
    [lineId(made), NOON, lots.map(({ points }) => points), lots.map(({ hours }) => hours)],
  )
}

async function leftOfLots(): Promise<bigint[]> {
  const rows = await database.sql<{ remaining: string }>(
    'select remaining::text from payments.bonus_lot where line_id = $1 order by expires_at, earned_at',
    [lineId(made)],
  )
  return rows.map(({ remaining }) => BigInt(remaining))
}

/** Does a thing with the product and with the model, and compares whether it was done. */
class Pair {
  readonly #model = new LotsModel()
  readonly #waiting: { readonly id: string; readonly points: bigint }[] = []

  constructor(lots: readonly Lot[]) {
    this.#model.add(
      lots.map(({ points, hours }) => ({ points, expiresAt: new Date(NOON.getTime() + hours * HOUR_MS) })),
    )
  }

  async charge(id: string, points: bigint): Promise<void> {
    const { kind } = await actions.charge(this.#wish(id, points))
    const isCharged = points <= this.#model.free(now)
    expect(kind).toBe(isCharged ? 'charged' : 'notEligible')
    if (isCharged) this.#model.take(points, now)
  }

  async reserve(id: string, points: bigint): Promise<void> {
    const { kind } = await actions.reserve({ ...this.#wish(id, points), minutes: DAY_MINUTES })
    const isHeld = points <= this.#model.free(now)
    expect(kind).toBe(isHeld ? 'reserved' : 'notEligible')
    if (!isHeld) return
    this.#model.hold(id, points, now)
    this.#waiting.push({ id, points })
  }

  async capture(_: string, points: bigint): Promise<void> {
    const hold = this.#waiting.shift()
    if (!hold) return
    const captured = points < hold.points ? points : hold.points
    const { kind } = await actions.captureReservation({ ...this.#key(hold.id), amount: String(captured) })
    expect(kind).toBe('captured')
    this.#model.endHold(hold.id, captured)
  }

  async release(): Promise<void> {
    const hold = this.#waiting.pop()
    if (!hold) return
    expect(await actions.releaseReservation(this.#key(hold.id))).toMatchObject({ kind: 'released' })
    this.#model.endHold(hold.id, 0n)
  }

  async expire(): Promise<void> {
    await expire()
    this.#model.expire(now)
  }

  async wait(): Promise<void> {
    now = new Date(now.getTime() + HOUR_MS)
  }

  async compare(): Promise<void> {
    expect(await leftOfLots()).toEqual(this.#model.left())
  }

  #key(id: string) {
    return { service: 'products', lineId: lineId(made), id } as const
  }

  #wish(id: string, points: bigint) {
    const reason = { title: { ru: 'Кино', en: 'Cinema' } }
    return { ...this.#key(id), amount: String(points), kind: 'BONUS_SPENT', reason } as const
  }
}

it('leaves of each lot what the simplest rules say, whatever is done in which order', async () => {
  const points = fc.bigInt({ min: 1n, max: 40n })
  const lots = fc.array(fc.record({ hours: fc.integer({ min: 1, max: 6 }), points }), { minLength: 1, maxLength: 4 })
  const deed = fc.constantFrom('charge', 'reserve', 'reserve', 'capture', 'release', 'expire', 'wait')
  const steps = fc.array(fc.record({ deed, points }), { minLength: 3, maxLength: 20 })
  const property = fc.asyncProperty(lots, steps, async (given, taken) => {
    now = NOON
    await openLine(given)
    const pair = new Pair(given)
    for (const [place, step] of taken.entries()) {
      await pair[step.deed](`${made} ${place}`, step.points)
      await pair.compare()
    }
  })
  await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true })
})
