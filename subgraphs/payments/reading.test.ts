import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEventStream } from '../../cli/testing/event-stream.ts'
import {
  accountId,
  giveAccess,
  insertAccount,
  insertCard,
  insertCatalogue,
  insertLine,
  lineId,
} from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { watchedLogger } from '../../platform/testing/log-watch.ts'
import { readOperations } from '../../schema/operations.ts'
import { addLots } from './ledger/lots.ts'
import { post } from './ledger/post.ts'
import { give, type Posting, take } from './ledger/posting.ts'
import { beginPayment } from './store/payments.ts'
import type { Tables } from './store/tables.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const LINE = lineId(1)
const FRIEND = accountId(2)
const UNDER_REVIEW = lineId(3)
const MANY = 1_000
const operations = readOperations()

describe('reading a line’s money', () => {
  let cabinet: TestCabinet
  let db: ReturnType<typeof connectDatabase<Tables>>
  let token: string
  let areProductsAway = false
  const statements: string[] = []
  const clock = { now: () => NOW }
  const newId = createNewId(clock)

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      clock,
      onStatement: (subgraph, statement) => {
        if (subgraph === 'products' && areProductsAway && statement.includes('line_tariff')) throw new Error('away')
        if (subgraph === 'payments') statements.push(statement)
      },
    })
    const { database } = cabinet
    await insertCatalogue(database)
    for (const number of [1, 2]) await insertAccount(database, { number })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 50_000n })
    await insertLine(database, { number: 3, ownerId: accountId(1) })
    await database.sql('insert into payments.ledger_quarantine values ($1, now(), $2)', [UNDER_REVIEW, 'a test'])
    token = await cabinet.accountToken(accountId(1))
    db = connectDatabase<Tables>({ url: database.urls.payments, logger: watchedLogger })
  })
  afterAll(async () => {
    await db.destroy()
    await cabinet.close()
  })

  const postTo = (posting: Omit<Posting, 'occurredAt'>) =>
    db.transaction().execute((trx) => post(trx, { clock, newId }, { ...posting, occurredAt: NOW }))
  const send = (file: string, variables: object, headers = {}, as = token) =>
    cabinet.ask({ query: operations[file] ?? '', variables: { lineId: LINE, ...variables }, headers }, as)
  const ask = (selection: string, line = LINE) =>
    cabinet.ask({ query: `{ line(id: "${line}") { ${selection} } }` }, token)

  it('names for every entry the order, the consent and the version of the policy, in the viewer’s language', async () => {
    const payment = newId()
    await postTo({
      lineId: LINE,
      kind: 'SUBSCRIPTION_FEE',
      sourceKey: 'fee:1',
      movements: [take('KOPECK', 'REVENUE', 30_000n)],
      cause: { orderId: 'order-7', consentId: 'quote-7', title: { ru: 'Всё в одном', en: 'All in one' } },
    })
    await postTo({
      lineId: LINE,
      kind: 'TRANSFER_OUT',
      sourceKey: 'transfer:1',
      movements: [take('KOPECK', 'TRANSFERS', 1_000n), take('KOPECK', 'REVENUE', 700n, 'TRANSFER_FEE')],
      cause: { paymentId: payment, policy: { name: 'transfer.fee', version: 3 } },
    })
    await postTo({
      ...{ lineId: UNDER_REVIEW, kind: 'TRANSFER_IN', sourceKey: 'transfer:1' },
      movements: [give('KOPECK', 'TRANSFERS', 1_000n)],
    })
    const query = `query ($lineId: ID!) { line(id: $lineId) { ledgerEntries(first: 3) { nodes {
      kind balanceAfter { amount } explanation { summary orderId paymentId consentId policyName policyVersion } } } } }`
    const told = async (language: string) => {
      const headers = { 'accept-language': language }
      const { data } = await cabinet.ask({ query, variables: { lineId: LINE }, headers }, token)
      return data.line.ledgerEntries.nodes
    }
    const transfer = { orderId: null, paymentId: payment, consentId: null }
    // The policy says what the fee is; the amount beside it was chosen.
    const [byPolicy, chosen] = [
      { policyName: 'transfer.fee', policyVersion: 3 },
      { policyName: null, policyVersion: null },
    ]
    const fee = { orderId: 'order-7', paymentId: null, consentId: 'quote-7', policyName: null, policyVersion: null }
    expect(await told('en')).toEqual([
      {
        kind: 'TRANSFER_FEE',
        balanceAfter: { amount: '183.00' },
        explanation: { summary: 'Fee for a transfer', ...transfer, ...byPolicy },
      },
      {
        kind: 'TRANSFER_OUT',
        balanceAfter: { amount: '190.00' },
        explanation: { summary: 'Transfer to another subscriber', ...transfer, ...chosen },
      },
      {
        kind: 'SUBSCRIPTION_FEE',
        balanceAfter: { amount: '200.00' },
        explanation: { summary: 'Regular fee: All in one', ...fee },
      },
    ])
    expect((await told('ru')).map((node: { explanation: { summary: string } }) => node.explanation.summary)).toEqual([
      'Плата за перевод',
      'Перевод другому абоненту',
      'Регулярная плата: «Всё в одном»',
    ])
  })

  it('shows only the kinds that are asked for, page after page', async () => {
    const page = async (after: string) =>
      (
        await ask(`ledgerEntries(first: 1, kinds: [TRANSFER_OUT, OPENING_BALANCE]${after}) {
        nodes { kind } pageInfo { hasNextPage hasPreviousPage endCursor } }`)
      ).data.line.ledgerEntries
    const first = await page('')
    expect(first).toMatchObject({ nodes: [{ kind: 'TRANSFER_OUT' }], pageInfo: { hasNextPage: true } })
    expect(await page(`, after: "${first.pageInfo.endCursor}"`)).toMatchObject({
      nodes: [{ kind: 'OPENING_BALANCE' }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
  })

  it('tells of points, page after page, in a statement of their own, while more are earned', async () => {
    const earn = (points: bigint) =>
      db.transaction().execute(async (trx) => {
        const movements = [give('POINT', 'BONUS_PROGRAMME', points)]
        await post(
          trx,
          { clock, newId },
          { lineId: LINE, kind: 'BONUS_EARNED', sourceKey: newId(), occurredAt: NOW, movements },
        )
        const lots = [{ points, earnedAt: NOW, expiresAt: new Date('2099-01-01') }]
        await addLots(trx, { lineId: LINE, lots, newId })
      })
    const page = async (after: string | null) => {
      const { data, errors } = await send('bonus-statement.graphql', { first: 2, after })
      expect(errors).toBeUndefined()
      return data.line.bonuses.entries
    }
    const shown = ({ nodes }: { nodes: { points: number; pointsAfter: number }[] }) =>
      nodes.map(({ points, pointsAfter }) => [points, pointsAfter])
    for (const points of [5n, 6n]) await earn(points)
    const newest = await page(null)
    expect(shown(newest)).toEqual([
      [6, 81],
      [5, 75],
    ])
    await earn(7n)
    const next = await page(newest.pageInfo.endCursor)
    expect(shown(next)).toEqual([[70, 70]])
    expect(next.pageInfo.hasNextPage).toBe(false)
    const { data } = await ask(
      'bonuses { entries(kinds: [OPENING_BALANCE]) { nodes { points } } } ledgerEntries { nodes { kind } }',
    )
    expect(data.line.bonuses.entries.nodes).toEqual([{ points: 70 }])
    expect(data.line.ledgerEntries.nodes).not.toContainEqual({ kind: 'BONUS_EARNED' })
    const { errors } = await ask('bonuses { entries(first: 101) { nodes { kind } } }')
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT'])
  })

  it('tells of payments, the newest first, while more are made', async () => {
    const make = async (kopecks: bigint) => {
      const id = newId()
      const payment = { lineId: LINE, id, kind: 'TOP_UP' as const, amount: kopecks, accountId: accountId(1), at: NOW }
      await db.transaction().execute((trx) => beginPayment(trx, payment))
      return id
    }
    const ids = [await make(100n), await make(200n), await make(300n)]
    const page = async (after: string) =>
      (
        await ask(`payments(first: 2${after}) {
        nodes { id kind status amount { amount } createdAt } pageInfo { hasNextPage endCursor } }`)
      ).data.line.payments
    const first = await page('')
    await make(400n)
    const second = await page(`, after: "${first.pageInfo.endCursor}"`)
    const nodes = [...first.nodes, ...second.nodes]
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(ids.reverse())
    expect(nodes[0]).toEqual({
      id: ids[0],
      kind: 'TOP_UP',
      status: 'PENDING',
      amount: { amount: '3.00' },
      createdAt: NOW.toISOString(),
    })
    expect(second.pageInfo.hasNextPage).toBe(false)
  })

  it('tells of payments in the order in which they were begun, whatever their ids and their clocks say', async () => {
    const line = await insertLine(cabinet.database, { number: 6, ownerId: accountId(1), kopecks: 0n })
    const [quotedFirst, quotedThen, late] = [newId(), newId(), newId()]
    const begin = (id: string, time: string) => {
      const payment = { lineId: line, id, kind: 'TOP_UP' as const, amount: 100n, accountId: accountId(1) }
      const at = new Date(`2026-11-22T${time}Z`)
      return db.transaction().execute((trx) => beginPayment(trx, { ...payment, at }))
    }
    const page = async (after: string | null) => {
      const selection = `payments(first: 1, after: ${JSON.stringify(after)}) { nodes { id createdAt } pageInfo { endCursor } }`
      const { nodes, pageInfo } = (await ask(selection, line)).data.line.payments
      return { ...pageInfo, payments: nodes }
    }
    await begin(quotedThen, '09:02:00.000')
    const shown = await page(null)
    await begin(quotedFirst, '09:03:00.000')
    // By a process whose clock goes slow.
    await begin(late, '08:59:00.000')
    const newest = await page(null)
    expect(newest.payments).toEqual([{ id: late, createdAt: '2026-11-22T09:03:00.000Z' }])
    const next = await page(newest.endCursor)
    expect(next.payments).toMatchObject([{ id: quotedFirst }])
    expect((await page(next.endCursor)).payments).toMatchObject([{ id: quotedThen }])
    expect((await page(shown.endCursor)).payments).toEqual([])
    const unknown = Buffer.from(newId()).toString('base64url')
    expect((await page(unknown)).payments).toEqual([])
  })

  it('foretells the fees of products, and the day on which the money runs out', async () => {
    const { data, errors } = await send('forecast-balance.graphql', { days: 40 }, { 'accept-language': 'en' })
    expect(errors).toBeUndefined()
    const { forecast } = data.line
    expect(forecast).toMatchObject({
      spendable: { amount: '183.00', currencyCode: 'RUB' },
      runsOutAt: '2026-12-15T00:00:00.000Z',
      shortfall: { amount: '217.00' },
      until: '2027-01-01T10:00:00.000Z',
      asOf: NOW.toISOString(),
    })
    expect(forecast.charges).toEqual([
      charge('2026-12-01', 'Regular fee: Option 1', '-50.00', '133.00'),
      charge('2026-12-15', 'Regular fee: Base', '-300.00', '-167.00'),
      charge('2027-01-01', 'Regular fee: Option 1', '-50.00', '-217.00'),
    ])
  })

  it('counts on what a promised payment lets be owed', async () => {
    const promise = 'update payments.ledger_balance set promised = $2 where line_id = $1'
    await cabinet.database.sql(promise, [LINE, 20_000n])
    const { data } = await ask('forecast(days: 30) { spendable { amount } runsOutAt } balance { available { amount } }')
    expect(data.line).toEqual({
      forecast: { spendable: { amount: '383.00' }, runsOutAt: null },
      balance: { available: { amount: '183.00' } },
    })
    await cabinet.database.sql(promise, [LINE, 0n])
  })

  it('counts on what payments will do by themselves, of this line and of no other', async () => {
    const id = await insertLine(cabinet.database, { number: 4, ownerId: accountId(1), kopecks: 0n, optionCount: 0 })
    const { sql } = cabinet.database
    const account = accountId(1)
    await sql(
      `insert into payments.promised_payment (line_id, id, account_id, amount, fee, taken_at, due_at)
       values ($1, $1, $2, 20000, 0, '2026-11-21', '2026-11-24T10:00:00Z')`,
      [id, account],
    )
    await sql(`update payments.ledger_balance set promised = 20000 where line_id = $1 and unit = 'KOPECK'`, [id])
    await sql(
      `insert into payments.live_balance (line_id, is_enabled, daily_fee, policy_version, consent_id, enabled_at, next_charge_at)
       values ($1, true, 100, 1, $1, '2026-11-21', '2026-11-22T21:00:00Z')`,
      [id],
    )
    await sql(
      `insert into payments.auto_payment (line_id, basis, id, account_id, card_id, amount, schedule, counts_from, set_at,
         occasion, next_attempt_at)
       values ($1, 'SCHEDULE', $1, $2, $2, 50000, 'MONTHLY', '2026-10-24', '2026-10-24', '2026-11-24', '2026-11-24T07:00:00Z')`,
      [id, account],
    )
    await insertCard(cabinet.database, { accountId: account, id: account })
    const shown = (charge: { dueAt: string; kind: string; summary: string; amount: { amount: string } }) =>
      `${charge.dueAt.slice(5, 16)} ${charge.kind} ${charge.summary} ${charge.amount.amount}`
    const foretold = async () => {
      const { data, errors } = await ask('forecast(days: 3) { charges { dueAt kind summary amount { amount } } }', id)
      expect(errors).toBeUndefined()
      return data.line.forecast.charges.map(shown)
    }
    expect(await foretold()).toEqual([
      '11-22T21:00 SUBSCRIPTION_FEE Регулярная плата: «Живой баланс» -1.00',
      '11-23T21:00 SUBSCRIPTION_FEE Регулярная плата: «Живой баланс» -1.00',
      '11-24T07:00 AUTO_PAYMENT Автоплатёж 500.00',
      '11-24T07:00 PROMISED_PAYMENT_DUE Конец обещанного платежа -200.00',
      '11-24T21:00 SUBSCRIPTION_FEE Регулярная плата: «Живой баланс» -1.00',
    ])
    // The acquirer was asked for a day's payment and has not answered: it and those of other days are still to come.
    await sql(`update payments.auto_payment set schedule = 'DAILY', next_attempt_at = null where line_id = $1`, [id])
    await sql(
      `insert into payments.auto_payment_attempt (line_id, auto_payment_id, occasion, try, payment_id, account_id, card_id,
         amount, month, begun_at, ask_at)
       values ($1, $1, '2026-11-22', 1, $1, $2, $2, 50000, '2026-11-01', '2026-11-22T07:00:00Z', '2026-11-22T12:00:00Z')`,
      [id, account],
    )
    expect((await foretold()).filter((charge: string) => /AUTO|PROMISED/.test(charge))).toEqual([
      '11-22T10:00 AUTO_PAYMENT Автоплатёж 500.00',
      '11-22T10:00 PROMISED_PAYMENT_DUE Конец обещанного платежа -200.00',
      '11-23T07:00 AUTO_PAYMENT Автоплатёж 500.00',
      '11-24T07:00 AUTO_PAYMENT Автоплатёж 500.00',
      '11-25T07:00 AUTO_PAYMENT Автоплатёж 500.00',
    ])
    expect((await ask('forecast(days: 3) { charges { dueAt } }')).data.line.forecast.charges).toEqual([])
    // Money is not counted on from a payer who has no right any more by then, or no such card.
    const automatic = async () => (await foretold()).filter((charge: string) => charge.includes('AUTO'))
    const until = 'update payments.line_access set until = $2 where line_id = $1'
    await sql(until, [id, '2026-11-24T07:00:00Z'])
    expect(await automatic()).toEqual([
      '11-22T10:00 AUTO_PAYMENT Автоплатёж 500.00',
      '11-23T07:00 AUTO_PAYMENT Автоплатёж 500.00',
    ])
    await sql(until, [id, null])
    await sql('delete from payments.card where account_id = $1', [account])
    expect(await automatic()).toEqual([])
  })

  it('foretells nothing while products are away, and says so; the rest is there', async () => {
    areProductsAway = true
    const { data, errors } = await ask('forecast { asOf } balance { asOf }')
    areProductsAway = false
    expect(data.line).toEqual({ forecast: null, balance: { asOf: NOW.toISOString() } })
    expect(errors).toMatchObject([{ path: ['line', 'forecast'], extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }])
  })

  it('says of which moment balance and points are', async () => {
    const { data } = await ask('balance { asOf } bonuses { asOf }')
    expect(data.line).toEqual({ balance: { asOf: NOW.toISOString() }, bonuses: { asOf: NOW.toISOString() } })
  })

  it.each([
    'ledgerEntries(first: 0)',
    'ledgerEntries(first: 101)',
    'ledgerEntries(after: "nonsense")',
    'ledgerEntries(from: "2026-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z")',
    'payments(first: 101)',
    'payments(after: "MTI")',
    'spending(from: "2026-01-02", to: "2026-01-01")',
    'spending(from: "1969-12-31", to: "1970-01-01")',
    'spending(from: "2024-01-01", to: "2026-01-01", by: DAY)',
    'balanceAt(at: "2026-11-22T10:00:00.001Z")',
    'forecast(days: 0)',
    'forecast(days: 93)',
  ])('refuses %s with a typed error, and keeps the rest', async (field) => {
    const { data, errors } = await ask(`asked: ${field} { __typename } balance { asOf }`)
    expect(data.line).toEqual({ asked: null, balance: { asOf: NOW.toISOString() } })
    expect(errors).toMatchObject([{ path: ['line', 'asked'], extensions: { code: 'BAD_USER_INPUT' } }])
  })

  describe('of a line whose books do not reconcile', () => {
    const fields = {
      balance: 'balance',
      bonuses: 'bonuses',
      ledgerEntries: 'ledgerEntries',
      spending: 'spending(from: "2026-01-01", to: "2026-02-01")',
      balanceAt: 'balanceAt(at: "2026-01-01T00:00:00Z")',
      forecast: 'forecast',
    }

    it.each(Object.entries(fields))('tells no %s, and says why', async (name, field) => {
      const { data, errors } = await ask(`msisdn ${field} { __typename } payments { nodes { id } }`, UNDER_REVIEW)
      expect(data.line).toEqual({ msisdn: expect.any(String), [name]: null, payments: { nodes: [] } })
      expect(errors).toEqual([
        expect.objectContaining({ path: ['line', name], extensions: { code: 'BALANCE_UNDER_REVIEW' } }),
      ])
    })

    it('tells neither a stream nor a telephone what it has', async () => {
      const stream = await openEventStream(
        cabinet,
        { query: operations['balance-changed.graphql'] ?? '', variables: { lineId: UNDER_REVIEW } },
        token,
      )
      const event = JSON.parse((await stream.next()) ?? '')
      stream.close()
      expect(event.data.balanceChanged.line).toMatchObject({ id: UNDER_REVIEW, balance: null })
      expect(event.errors).toMatchObject([{ extensions: { code: 'BALANCE_UNDER_REVIEW' } }])
      const answer = await cabinet.subgraphs.payments.execute(
        { query: `{ lineBalance(lineId: "${UNDER_REVIEW}") { asOf } }` },
        { principal: { kind: 'service', name: 'accounts' }, language: 'ru', requestId: '1', client: UNKNOWN_CLIENT },
      )
      expect(answer).toMatchObject({ data: { lineBalance: null } })
      expect(answer.errors?.[0]?.extensions['code']).toBe('BALANCE_UNDER_REVIEW')
    })

    it('does not tell those who may not see it that there is anything to review', async () => {
      await giveAccess(cabinet.database, { lineId: UNDER_REVIEW, accountId: FRIEND, rights: 2 })
      const query = `{ line(id: "${UNDER_REVIEW}") { ${Object.values(fields)
        .map((field) => `${field} { __typename }`)
        .join(' ')} } }`
      const { data, errors } = await cabinet.ask({ query }, await cabinet.accountToken(FRIEND))
      expect(errors).toBeUndefined()
      expect(new Set(Object.values(data.line))).toEqual(new Set([null]))
    })
  })

  it('of a thousand lines costs as many statements as of one', async () => {
    const ids = Array.from({ length: MANY }, (_, index) => lineId(10_000 + index))
    await insertBooks(cabinet, ids)
    const readAll = async (some: readonly string[], selection: string) => {
      statements.length = 0
      const answer = await cabinet.subgraphs.payments.execute(
        {
          query: `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Line { asked: ${selection} } } }`,
          variables: { of: some.map((id) => ({ __typename: 'Line', id })) },
        },
        {
          principal: {
            kind: 'account',
            accountId: accountId(1),
            personId: accountId(1),
            sessionId: 's',
            organizationRole: null,
          },
          language: 'ru',
          requestId: '1',
          client: UNKNOWN_CLIENT,
        },
      )
      expect(answer.errors).toBeUndefined()
      const entities = answer.data?.['_entities'] as { asked: object | null }[]
      expect(entities.filter(({ asked }) => asked !== null)).toHaveLength(some.length)
      // A stream that has just ended may be looked at once more.
      return statements.filter(
        (text) => /allowed as|from promised_payment where/.test(text) && !text.includes('balance_change'),
      )
    }
    for (const selection of [
      'ledgerEntries { nodes { id } }',
      'payments { nodes { id } }',
      'spending(from: "2024-01-01", to: "2024-12-31") { spent { amount } }',
      'balanceAt(at: "2024-06-01T00:00:00Z") { posted { amount } }',
      'forecast { charges { dueAt } }',
    ]) {
      const one = await readAll(ids.slice(0, 1), selection)
      // A forecast asks for the balances, and for what payments themselves have planned.
      expect(one).toHaveLength(selection.startsWith('forecast') ? 2 : 1)
      expect(await readAll(ids, selection)).toEqual(one)
    }
  })
})

/** Lines of the first account with nothing but money. */
async function insertBooks({ database }: TestCabinet, ids: readonly string[]): Promise<void> {
  await database.sql(
    'insert into payments.line_access (line_id, account_id, rights, version) select unnest($1::uuid[]), $2, 15, 1',
    [ids, accountId(1)],
  )
  await database.sql(
    `insert into payments.ledger_balance (line_id, unit)
     select unnest($1::uuid[]), unit from unnest(enum_range(null::payments.ledger_unit)) as unit`,
    [ids],
  )
  await database.sql(
    `insert into payments.ledger_transaction (line_id, id, kind, source_key, occurred_at, posted_at)
     select id, id, 'OPENING_BALANCE', 'opening-balance', '2024-01-15', '2024-01-15' from unnest($1::uuid[]) as id`,
    [ids],
  )
  await database.sql(
    `insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
     select id, id, 'KOPECK', 'OPENING_BALANCE', 'CUSTOMER', 100 from unnest($1::uuid[]) as id`,
    [ids],
  )
}

function charge(day: string, summary: string, amount: string, spendableAfter: string) {
  return {
    dueAt: `${day}T00:00:00.000Z`,
    kind: 'SUBSCRIPTION_FEE',
    summary,
    amount: { amount, currencyCode: 'RUB' },
    spendableAfter: { amount: spendableAfter, currencyCode: 'RUB' },
  }
}
