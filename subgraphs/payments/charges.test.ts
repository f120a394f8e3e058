import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertLine,
  lineId,
  promiseKopecks,
} from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { auditLedger } from './audit.ts'
import { expireHolds } from './ledger/expire-holds.ts'
import type { Tables } from './store/tables.ts'
import { askAsService } from './testing/service-door.ts'

const LINE = lineId(1)
const REASON = `reason: { title: { ru: "Роуминг", en: "Roaming" }, orderId: "order 1", consentId: "consent 1",
  policyName: "price.roaming", policyVersion: 3 }`
const RESERVATION = 'reservation { id state amount { amount } captured { amount } expiresAt }'
const ERRORS = '... on UserError { message path }'
const REFUSALS = `${ERRORS} ... on NotEligibleError { reasons { code message remedy } }`

describe('a line pays for what other subgraphs sell', () => {
  let cabinet: TestCabinet
  let db: ReturnType<typeof connectDatabase<Tables>>
  let now = new Date('2026-03-01T12:00:00Z')
  let made = 0
  let id = ''

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => now } })
    db = connectDatabase<Tables>({ url: cabinet.database.urls.payments, logger: watchedLogger })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
  })
  beforeEach(async () => {
    now = new Date('2026-03-01T12:00:00Z')
    id = `order ${++made}`
    await insertLine(cabinet.database, { number: made, ownerId: accountId(1), kopecks: 10_000n })
  })
  afterAll(async () => {
    expect((await auditLedger(db, { now })).findings.filter(({ breaches }) => breaches > 0)).toEqual([])
    await db.destroy()
    await cabinet.close()
  })

  const ask = (query: string, service?: SubgraphName) => askAsService(cabinet, query, service)
  const line = () => lineId(made)
  const reserve = (amount: string, more = '', service?: SubgraphName) =>
    ask(
      `reserve(input: { lineId: "${line()}", reservationId: "${id}", amount: "${amount}", kind: SERVICE_CHARGE
        ${more} ${more.includes('reason') ? '' : REASON} }) { __typename ... on ReserveSuccess { ${RESERVATION} } ${REFUSALS} }`,
      service,
    )
  const capture = (amount?: string, service?: SubgraphName) =>
    ask(
      `capture(input: { lineId: "${line()}", reservationId: "${id}" ${amount ? `amount: "${amount}"` : ''} }) {
        __typename ... on CaptureSuccess { ${RESERVATION} } ... on ReservationEndedError { state } ${ERRORS} }`,
      service,
    )
  const release = () =>
    ask(`release(input: { lineId: "${line()}", reservationId: "${id}" }) {
      __typename ... on ReleaseSuccess { ${RESERVATION} } ... on ReservationEndedError { state } ${ERRORS} }`)
  const charge = (amount: string, more = REASON) =>
    ask(`charge(input: { lineId: "${line()}", chargeId: "${id}", amount: "${amount}", kind: SUBSCRIPTION_FEE, ${more} }) {
      __typename ... on ChargeSuccess { chargeId } ${REFUSALS} }`)
  const balance = async () =>
    (
      await cabinet.database.sql(
        `select posted::int, reserved::int from payments.ledger_balance where line_id = $1 and unit = 'KOPECK'`,
        [line()],
      )
    )[0]

  it('sets money aside, takes a part and frees the rest; all of it says why', async () => {
    expect(await reserve('60.00')).toMatchObject({
      __typename: 'ReserveSuccess',
      reservation: { id, state: 'PENDING', amount: { amount: '60.00' }, captured: { amount: '0.00' } },
    })
    expect(await balance()).toEqual({ posted: 10_000, reserved: 6_000 })
    expect(await capture('45.50')).toMatchObject({ reservation: { state: 'CAPTURED', captured: { amount: '45.50' } } })
    expect(await balance()).toEqual({ posted: 5_450, reserved: 0 })
    const [posted] = await cabinet.database.sql(
      `select kind, order_id, consent_id, policy_name, policy_version, details from payments.ledger_transaction
       where line_id = $1 and kind <> 'OPENING_BALANCE'`,
      [line()],
    )
    expect(posted).toEqual({
      ...{ kind: 'SERVICE_CHARGE', order_id: 'order 1', consent_id: 'consent 1' },
      ...{ policy_name: 'price.roaming', policy_version: 3 },
      details: { title: { ru: 'Роуминг', en: 'Roaming' } },
    })
  })

  it('gives the same answer to the same id, whoever of twenty comes first, and refuses another body', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reserve('60.00')))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await balance()).toEqual({ posted: 10_000, reserved: 6_000 })
    for (const other of [reserve('60.01'), reserve('60.00', 'reason: { title: { ru: "Роуминг", en: "Other" } }')]) {
      expect(await other).toMatchObject({ __typename: 'IdempotencyKeyReusedError', path: ['reservationId'] })
    }
    const captured = await Promise.all(Array.from({ length: 20 }, () => capture('10.00')))
    for (const answer of captured) expect(answer).toEqual(captured[0])
    expect(await capture('10.01')).toMatchObject({ __typename: 'IdempotencyKeyReusedError', path: ['amount'] })
    expect(await reserve('60.00')).toMatchObject({ reservation: { state: 'CAPTURED', captured: { amount: '10.00' } } })
    expect(await balance()).toEqual({ posted: 9_000, reserved: 0 })
  })

  it('keeps the ids of two services apart', async () => {
    expect(await reserve('30.00')).toMatchObject({ __typename: 'ReserveSuccess' })
    expect(await capture('30.00', 'linked-numbers')).toMatchObject({ __typename: 'ReservationNotFoundError' })
    expect(await reserve('40.00', '', 'linked-numbers')).toMatchObject({ __typename: 'ReserveSuccess' })
    expect(await balance()).toEqual({ posted: 10_000, reserved: 7_000 })
  })

  it('frees what was set aside, and then takes nothing', async () => {
    await reserve('60.00')
    expect(await release()).toMatchObject({ reservation: { state: 'RELEASED' } })
    expect(await release()).toMatchObject({ reservation: { state: 'RELEASED' } })
    expect(await capture()).toMatchObject({ __typename: 'ReservationEndedError', state: 'RELEASED' })
    expect(await balance()).toEqual({ posted: 10_000, reserved: 0 })
  })

  it('frees nothing of what was taken', async () => {
    await reserve('60.00')
    expect(await capture()).toMatchObject({ reservation: { captured: { amount: '60.00' } } })
    expect(await release()).toMatchObject({ __typename: 'ReservationEndedError', state: 'CAPTURED' })
  })

  it('takes nothing past its time, whether or not it was freed yet', async () => {
    const reserved = await reserve('60.00', 'minutes: 2')
    expect(reserved).toMatchObject({ reservation: { expiresAt: '2026-03-01T12:02:00.000Z' } })
    now = new Date('2026-03-01T12:02:00Z')
    expect(await capture()).toMatchObject({ __typename: 'ReservationEndedError', state: 'EXPIRED' })
    expect(await expireHolds(db, now)).toBe(1)
    expect(await capture()).toMatchObject({ __typename: 'ReservationEndedError', state: 'EXPIRED' })
    expect(await release()).toMatchObject({ reservation: { state: 'EXPIRED' } })
    expect(await balance()).toEqual({ posted: 10_000, reserved: 0 })
  })

  it('takes at once, once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => charge('30.00')))
    expect(answers).toEqual(answers.map(() => ({ __typename: 'ChargeSuccess', chargeId: id })))
    expect(await balance()).toEqual({ posted: 7_000, reserved: 0 })
    expect(await charge('30.01')).toMatchObject({ __typename: 'IdempotencyKeyReusedError', path: ['chargeId'] })
  })

  it('spends what was promised and no more, says what is missing, and may be tried again', async () => {
    const refused = {
      __typename: 'NotEligibleError',
      reasons: [{ code: 'NOT_ENOUGH_MONEY', message: expect.stringContaining('50.00'), remedy: expect.any(String) }],
    }
    expect(await reserve('150.00')).toMatchObject(refused)
    expect(await charge('150.00')).toMatchObject(refused)
    await promiseKopecks(cabinet.database, { lineId: line(), kopecks: 5_000 })
    expect(await reserve('150.00')).toMatchObject({ __typename: 'ReserveSuccess' })
    expect(await charge('0.01')).toMatchObject({ __typename: 'NotEligibleError' })
  })

  it('names every rule that stands against it', async () => {
    await cabinet.database.sql('insert into payments.spend_cap values ($1, 10000, $2, $3)', [line(), accountId(1), now])
    expect((await reserve('100.01'))['reasons']).toMatchObject([
      { code: 'NOT_ENOUGH_MONEY' },
      { code: 'SPEND_CAP_REACHED' },
    ])
  })

  it.each([
    ['no money', () => charge('0.00'), 'InvalidAmountError', ['amount']],
    ['less than none', () => reserve('-1.00'), 'InvalidAmountError', ['amount']],
    ['half a kopeck', () => charge('1.005'), 'InvalidAmountError', ['amount']],
    ['a moment', () => reserve('1.00', 'minutes: 0'), 'InvalidChargeError', ['minutes']],
    ['for ever', () => reserve('1.00', 'minutes: 10081'), 'InvalidChargeError', ['minutes']],
    [
      'a blank name',
      () => charge('1.00', 'reason: { title: { ru: " ", en: "A" } }'),
      'InvalidChargeError',
      ['reason', 'title', 'ru'],
    ],
    [
      'a version of nothing',
      () => charge('1.00', 'reason: { title: { ru: "А", en: "A" }, policyVersion: 1 }'),
      'InvalidChargeError',
      ['reason', 'policyVersion'],
    ],
    [
      'an order without a name',
      () => charge('1.00', 'reason: { title: { ru: "А", en: "A" }, orderId: "" }'),
      'InvalidChargeError',
      ['reason', 'orderId'],
    ],
  ])('refuses %s', async (_, act, name, path) => {
    expect(await act()).toMatchObject({ __typename: name, path })
  })

  it('refuses lines that are not there, ids without an end, and more than was set aside', async () => {
    const nowhere = `lineId: "${lineId(999)}", reservationId: "1"`
    expect(await ask(`capture(input: { ${nowhere} }) { __typename }`)).toEqual({
      __typename: 'ReservationNotFoundError',
    })
    expect(await ask(`release(input: { ${nowhere} }) { __typename }`)).toEqual({
      __typename: 'ReservationNotFoundError',
    })
    const other = `amount: "1.00", kind: SERVICE_CHARGE, ${REASON}`
    expect(await ask(`reserve(input: { ${nowhere}, ${other} }) { __typename }`)).toEqual({
      __typename: 'LineNotFoundError',
    })
    const long = `lineId: "${LINE}", reservationId: "${'x'.repeat(101)}"`
    expect(await ask(`reserve(input: { ${long}, ${other} }) { __typename ${ERRORS} }`)).toMatchObject({
      __typename: 'InvalidChargeError',
      path: ['reservationId'],
    })
    await reserve('10.00')
    expect(await capture('10.01')).toMatchObject({ __typename: 'InvalidAmountError' })
  })
})
