import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { createReader } from '../../platform/database/reader.ts'
import { createNewId } from '../../platform/ids.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { expirePoints } from './actions/bonus/expire-points.ts'
import { auditLedger } from './audit.ts'
import { expireHolds } from './ledger/expire-holds.ts'
import { paymentsPolicies } from './store/policies.ts'
import type { Tables } from './store/tables.ts'
import { askAsService } from './testing/service-door.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
/** When the older of two lots expires; the younger is good for long. */
const EXPIRY = new Date('2026-03-02T00:00:00Z')
const REASON = `reason: { title: { ru: "Кино", en: "Cinema" }, orderId: "order 1", consentId: "consent 1" }`
const RESERVATION = 'reservation { id state amount { amount } captured { amount } points capturedPoints expiresAt }'
const REFUSALS = '... on UserError { message path } ... on NotEligibleError { reasons { code message remedy } }'

describe('points pay for what other subgraphs sell', () => {
  let cabinet: TestCabinet
  let db: ReturnType<typeof connectDatabase<Tables>>
  let close: () => Promise<void>
  let now = NOON
  let made = 0
  const clock = { now: () => now }
  /** Several rounds at a time. */
  let expireAtOnce: () => Promise<unknown>

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock })
    const place = { url: cabinet.database.urls.payments, logger: watchedLogger }
    db = connectDatabase<Tables>(place)
    const reader = createReader(place)
    const policies = createPolicies({ reader, clock, schema: paymentsPolicies })
    const dependencies = { db, clock, newId: createNewId(clock), policies, logger: watchedLogger }
    expireAtOnce = () => Promise.all([1, 2, 3, 4].map(() => expirePoints(dependencies)))
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    close = async () => {
      await reader.close()
      await db.destroy()
      await cabinet.close()
    }
  })
  beforeEach(async () => {
    now = NOON
    await insertLine(cabinet.database, { number: ++made, ownerId: accountId(1), kopecks: 10_000n, points: 100n })
  })
  afterAll(async () => {
    expect((await auditLedger(db, { now })).findings.filter(({ breaches }) => breaches > 0)).toEqual([])
    await close()
  })

  const line = () => lineId(made)
  const ask = (query: string) => askAsService(cabinet, query)
  const reserve = (id: string, amount: string, more = 'kind: BONUS_SPENT') =>
    ask(`reserve(input: { lineId: "${line()}", reservationId: "${made} ${id}", amount: "${amount}", ${more}, ${REASON} }) {
      __typename ... on ReserveSuccess { ${RESERVATION} } ${REFUSALS} }`)
  const charge = (id: string, amount: string, kind = 'BONUS_SPENT') =>
    ask(`charge(input: { lineId: "${line()}", chargeId: "${made} ${id}", amount: "${amount}", kind: ${kind}, ${REASON} }) {
      __typename ${REFUSALS} }`)
  const capture = (id: string, amount?: string) =>
    ask(`capture(input: { lineId: "${line()}", reservationId: "${made} ${id}" ${amount ? `amount: "${amount}"` : ''} }) {
      __typename ... on CaptureSuccess { ${RESERVATION} } ... on ReservationEndedError { state }
      ... on UserError { message path } }`)
  const release = (id: string) =>
    ask(`release(input: { lineId: "${line()}", reservationId: "${made} ${id}" }) {
      __typename ... on ReleaseSuccess { ${RESERVATION} } ... on ReservationEndedError { state } }`)
  const balance = async (unit: 'POINT' | 'KOPECK' = 'POINT') =>
    (
      await cabinet.database.sql(
        'select posted::int, reserved::int from payments.ledger_balance where line_id = $1 and unit = $2',
        [line(), unit],
      )
    )[0]
  /** What is left of the lots, the one that expires first first. */
  const lots = async () =>
    (
      await cabinet.database.sql<{ remaining: number }>(
        'select remaining::int from payments.bonus_lot where line_id = $1 order by expires_at',
        [line()],
      )
    ).map(({ remaining }) => remaining)
  /** Of the hundred, so many are of a lot that expires tomorrow. */
  const splitLots = async (older: number) => {
    await cabinet.database.sql(
      'update payments.bonus_lot set remaining = remaining - $2, earned = earned - $2 where line_id = $1',
      [line(), older],
    )
    await cabinet.database.sql(
      `insert into payments.bonus_lot (line_id, id, earned, remaining, earned_at, expires_at)
       values ($1, gen_random_uuid(), $2, $2, '2025-03-02', $3)`,
      [line(), older, EXPIRY],
    )
  }
  const shown = async () => {
    const query = `{ line(id: "${line()}") { bonuses { points reserved expiringNext { points expiresAt } } } }`
    const { data } = await cabinet.ask({ query }, await cabinet.accountToken(accountId(1)))
    return data.line.bonuses
  }

  it('sets them aside, takes a part, those that expire first, and frees the rest; all of it says why', async () => {
    await splitLots(30)
    expect(await reserve('a', '60')).toMatchObject({
      __typename: 'ReserveSuccess',
      reservation: { state: 'PENDING', points: 60, capturedPoints: 0, amount: null, captured: null },
    })
    expect(await balance()).toEqual({ posted: 100, reserved: 60 })
    expect(await balance('KOPECK')).toEqual({ posted: 10_000, reserved: 0 })
    expect(await capture('a', '45')).toMatchObject({
      reservation: { state: 'CAPTURED', points: 60, capturedPoints: 45, captured: null },
    })
    expect(await balance()).toEqual({ posted: 55, reserved: 0 })
    expect(await lots()).toEqual([0, 55])
    const posted = await cabinet.database.sql(
      `select cause.kind, order_id, consent_id, details, unit, debit_account, credit_account, amount::int
       from payments.ledger_transaction as cause
       join payments.ledger_entry as entry on entry.line_id = cause.line_id and entry.transaction_id = cause.id
       where cause.line_id = $1 and cause.kind <> 'OPENING_BALANCE'`,
      [line()],
    )
    expect(posted).toEqual([
      {
        ...{ kind: 'BONUS_SPENT', order_id: 'order 1', consent_id: 'consent 1' },
        details: { title: { ru: 'Кино', en: 'Cinema' } },
        ...{ unit: 'POINT', debit_account: 'CUSTOMER', credit_account: 'BONUS_PROGRAMME', amount: 45 },
      },
    ])
  })

  it('shows what can be spent, what is set aside, and what expires of the rest', async () => {
    await splitLots(30)
    await reserve('a', '20')
    expect(await shown()).toEqual({
      points: 80,
      reserved: 20,
      expiringNext: { points: 10, expiresAt: EXPIRY.toISOString() },
    })
    now = EXPIRY
    expect(await shown()).toMatchObject({ points: 70, reserved: 20, expiringNext: { points: 70 } })
  })

  it('takes at once too, once for an id', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge('a', '30')))
    expect(answers).toEqual(answers.map(() => ({ __typename: 'ChargeSuccess' })))
    expect(await balance()).toEqual({ posted: 70, reserved: 0 })
    expect(await charge('a', '31')).toMatchObject({ __typename: 'IdempotencyKeyReusedError' })
  })

  it('gives the same answer to the same id, and knows the same id for money from it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve('a', '60')))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await reserve('a', '61')).toMatchObject({ __typename: 'IdempotencyKeyReusedError' })
    expect(await reserve('a', '60', 'kind: SERVICE_CHARGE')).toMatchObject({ __typename: 'IdempotencyKeyReusedError' })
    expect(await balance()).toEqual({ posted: 100, reserved: 60 })
    const captured = await Promise.all(Array.from({ length: 20 }, () => capture('a', '10')))
    for (const answer of captured) expect(answer).toEqual(captured[0])
    expect(await balance()).toEqual({ posted: 90, reserved: 0 })
  })

  it('does one thing under an id that comes for money and for points at once', async () => {
    const kinds = ['BONUS_SPENT', 'SERVICE_CHARGE']
    const reserved = await Promise.all(
      Array.from({ length: 20 }, (_, n) => reserve('a', '10', `kind: ${kinds[n % 2]}`)),
    )
    const charged = await Promise.all(Array.from({ length: 20 }, (_, n) => charge('b', '10', kinds[n % 2])))
    for (const answers of [reserved, charged]) {
      expect(answers.filter(({ __typename }) => __typename === 'IdempotencyKeyReusedError')).toHaveLength(10)
    }
    const [points, money] = [await balance(), await balance('KOPECK')]
    expect([points, money].filter((left) => (left?.['reserved'] as number) > 0)).toHaveLength(1)
  })

  it('never spends more than there are, by however many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) => (n % 2 ? reserve(`r${n}`, '15') : charge(`c${n}`, '15'))),
    )
    const done = answers.filter(({ __typename }) => __typename === 'ReserveSuccess' || __typename === 'ChargeSuccess')
    expect(done).toHaveLength(6)
    const { posted, reserved } = (await balance()) as { posted: number; reserved: number }
    expect(posted - reserved).toBe(10)
    expect(answers.find(({ __typename }) => __typename === 'NotEligibleError')).toMatchObject({
      reasons: [{ code: 'NOT_ENOUGH_POINTS', message: expect.stringMatching(/\b5\b/), remedy: expect.any(String) }],
    })
  })

  it('keeps what is set aside past its day, and lets it expire once it is free', async () => {
    await splitLots(30)
    await reserve('a', '20', 'kind: BONUS_SPENT, minutes: 1440')
    now = EXPIRY
    // What is over by the clock cannot be spent, though no round has come by yet.
    expect(await charge('b', '71')).toMatchObject({ reasons: [{ code: 'NOT_ENOUGH_POINTS' }] })
    await expireAtOnce()
    expect(await lots()).toEqual([20, 70])
    // What comes now is of the younger lot, and leaves the older to what has set it aside.
    expect(await charge('c', '40')).toEqual({ __typename: 'ChargeSuccess' })
    expect(await lots()).toEqual([20, 30])
    expect(await release('a')).toMatchObject({ reservation: { state: 'RELEASED', points: 20 } })
    expect(await charge('d', '31')).toMatchObject({ reasons: [{ code: 'NOT_ENOUGH_POINTS' }] })
    await expireAtOnce()
    expect(await lots()).toEqual([0, 30])
    const expired = await cabinet.database.sql(
      `select policy_name, policy_version, source_key from payments.ledger_transaction
       where line_id = $1 and kind = 'BONUS_EXPIRED' order by posted_at, source_key`,
      [line()],
    )
    const policy = { policy_name: 'bonus.ttlMonths', policy_version: 1 }
    expect(expired).toEqual([
      { ...policy, source_key: 'bonus-expired:1:1' },
      { ...policy, source_key: 'bonus-expired:3:1' },
    ])
  })

  it('takes what it has set aside past its day, and leaves the rest to expire', async () => {
    await splitLots(30)
    await reserve('a', '50', 'kind: BONUS_SPENT, minutes: 1440')
    now = EXPIRY
    await expireAtOnce()
    expect(await lots()).toEqual([30, 70])
    expect(await capture('a', '20')).toMatchObject({ reservation: { capturedPoints: 20 } })
    expect(await lots()).toEqual([10, 70])
    await expireAtOnce()
    expect(await balance()).toEqual({ posted: 70, reserved: 0 })
  })

  it('frees what nobody took in time', async () => {
    await splitLots(30)
    await reserve('a', '50', 'kind: BONUS_SPENT, minutes: 1440')
    now = new Date(NOON.getTime() + 1440 * 60_000)
    expect(await capture('a')).toMatchObject({ __typename: 'ReservationEndedError', state: 'EXPIRED' })
    await expireHolds(db, now)
    expect(await release('a')).toMatchObject({ reservation: { state: 'EXPIRED' } })
    await expireAtOnce()
    expect(await lots()).toEqual([0, 70])
    expect(await reserve('b', '70')).toMatchObject({ __typename: 'ReserveSuccess' })
  })

  it('is no spending of money: a cap does not stand against it', async () => {
    await cabinet.database.sql(
      'insert into payments.spend_cap (line_id, monthly_amount, set_by, set_at) values ($1, 100, $2, now())',
      [line(), accountId(1)],
    )
    expect(await charge('a', '50', 'SERVICE_CHARGE')).toMatchObject({ reasons: [{ code: 'SPEND_CAP_REACHED' }] })
    expect(await charge('a', '50')).toEqual({ __typename: 'ChargeSuccess' })
    expect(await reserve('b', '50')).toMatchObject({ __typename: 'ReserveSuccess' })
  })

  it('takes whole points only, and none of a line whose books are being checked', async () => {
    for (const amount of ['0', '-1', '1.50']) {
      expect(await reserve('a', amount)).toMatchObject({ __typename: 'InvalidAmountError', path: ['amount'] })
    }
    await reserve('a', '10.00')
    for (const amount of ['1.50', '11']) {
      expect(await capture('a', amount)).toMatchObject({ __typename: 'InvalidAmountError', path: ['amount'] })
    }
    await cabinet.database.sql(`insert into payments.ledger_quarantine values ($1, now(), 'a test')`, [line()])
    expect(await charge('b', '1')).toMatchObject({ reasons: [{ code: 'BALANCE_UNDER_REVIEW' }] })
    await cabinet.database.sql('delete from payments.ledger_quarantine where line_id = $1', [line()])
  })
})
