import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EventStream, openEventStream } from '../../cli/testing/event-stream.ts'
import {
  accountId,
  giveAccess,
  insertAccount,
  insertCatalogue,
  insertLine,
  insertPosting,
  lineId,
} from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { readOperations } from '../../schema/operations.ts'

const QUERY = readOperations()['balance-changed.graphql'] ?? ''
const OWNER = accountId(1)
const FRIEND = accountId(2)
const LINE = lineId(1)

describe('balanceChanged', () => {
  let cabinet: TestCabinet
  let token: string
  const open: EventStream[] = []

  beforeEach(async () => {
    cabinet = await openTestCabinet()
    await insertCatalogue(cabinet.database)
    for (const number of [1, 2]) await insertAccount(cabinet.database, { number })
    await insertLine(cabinet.database, { number: 1, ownerId: OWNER })
    await insertLine(cabinet.database, { number: 2, ownerId: FRIEND })
    token = await cabinet.accountToken(OWNER)
  })
  afterEach(async () => {
    for (const stream of open.splice(0)) stream.close()
    await cabinet.close()
  })

  async function subscribe(variables: object, as = token): Promise<EventStream> {
    const stream = await openEventStream(cabinet, { query: QUERY, variables }, as)
    open.push(stream)
    return stream
  }
  const post = (amount: number, unit: 'KOPECK' | 'POINT' = 'KOPECK') =>
    insertPosting(cabinet.database, { lineId: LINE, amount, unit })
  async function nextChange(stream: EventStream) {
    const { data, errors } = JSON.parse((await stream.next()) ?? 'null') ?? {}
    if (errors) throw new Error(JSON.stringify(errors))
    return data?.balanceChanged
  }
  const summary = async (stream: EventStream) => {
    const { sequence, line } = await nextChange(stream)
    return `${sequence}: ${line.balance.available.amount}`
  }

  it('begins with how things stand, and tells of each change with what other subgraphs know of the line', async () => {
    const stream = await subscribe({ lineId: LINE })
    expect(await nextChange(stream)).toMatchObject({
      sequence: '0',
      line: { balance: { available: { amount: '150.00' } } },
    })
    await post(1)
    expect(await nextChange(stream)).toEqual({
      sequence: '1',
      line: {
        id: LINE,
        msisdn: '+79160000001',
        balance: { available: { amount: '150.01', currencyCode: 'RUB' }, asOf: expect.any(String) },
        tariff: { name: 'Base' },
      },
    })
  })

  it('goes on right after the sequence that it is given', async () => {
    for (const kopecks of [1, 1, 1]) await post(kopecks)
    const stream = await subscribe({ lineId: LINE, afterSequence: '1' })
    expect(await summary(stream)).toBe('2: 150.02')
    expect(await summary(stream)).toBe('3: 150.03')
    await post(1)
    expect(await summary(stream)).toBe('4: 150.04')
  })

  it('begins anew for a sequence that lies ahead: the database was restored from before it', async () => {
    await post(1)
    expect(await summary(await subscribe({ lineId: LINE, afterSequence: '900' }))).toBe('1: 150.01')
  })

  it('tells pages of changes without gap or double', async () => {
    for (let number = 1; number <= 120; number++) await post(1)
    const stream = await subscribe({ lineId: LINE, afterSequence: '0' })
    for (let number = 1; number <= 120; number++) expect((await nextChange(stream)).sequence).toBe(String(number))
  })

  it('answers for somebody else’s line as for one that does not exist: null, and the end', async () => {
    const ends = [{ lineId: lineId(2) }, { lineId: lineId(99) }, { lineId: 'no id' }].map(async (variables) => {
      const stream = await subscribe(variables)
      return [await stream.next(), await stream.next(), stream.isComplete]
    })
    for (const end of await Promise.all(ends)) expect(end).toEqual(['{"data":{"balanceChanged":null}}', null, true])
  })

  it('ends for one whose rights are taken, at once', async () => {
    await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 1 })
    const stream = await subscribe({ lineId: LINE }, await cabinet.accountToken(FRIEND))
    expect(await summary(stream)).toBe('0: 150.00')
    await cabinet.database.sql(
      'update payments.line_access set rights = 0, version = 2 where line_id = $1 and account_id = $2',
      [LINE, FRIEND],
    )
    expect(await stream.next()).toBe('{"data":{"balanceChanged":null}}')
    expect(await stream.next()).toBeNull()
    expect(stream.isComplete).toBe(true)
  })

  it('is not for one who only pays, and not for one who is not signed in', async () => {
    await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 2 })
    const payer = await subscribe({ lineId: LINE }, await cabinet.accountToken(FRIEND))
    expect(await payer.next()).toBe('{"data":{"balanceChanged":null}}')
    const nobody = await openEventStream(cabinet, { query: QUERY, variables: { lineId: LINE } }, undefined)
    expect(nobody.status).toBe(401)
    expect(JSON.parse(nobody.refusal).errors[0].extensions.code).toBe('UNAUTHENTICATED')
  })

  it('refuses a sequence that is none', async () => {
    const stream = await subscribe({ lineId: LINE, afterSequence: 'yesterday' })
    expect(JSON.parse((await stream.next()) ?? '').errors[0].extensions.code).toBe('BAD_USER_INPUT')
    expect(await stream.next()).toBeNull()
  })

  it('counts what moved the money and nothing else', async () => {
    await cabinet.database.sql('update payments.ledger_balance set debt_limit = 5 where line_id = $1', [LINE])
    await post(1, 'POINT')
    await cabinet.database.sql(
      `insert into payments.bonus_lot values ($1, gen_random_uuid(), 1, 1, now(), now() + interval '1 day')`,
      [LINE],
    )
    await cabinet.database.sql(
      `insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
       values ($1, gen_random_uuid(), 'KOPECK', 100, 'SERVICE_CHARGE', 'held', now(), now() + interval '1 day')`,
      [LINE],
    )
    const stream = await subscribe({ lineId: LINE, afterSequence: '0' })
    expect(await summary(stream)).toBe('1: 149.00')
  })

  it('leaves the changes as they were written', async () => {
    await post(1)
    const denied = cabinet.database.sql(`
      do $$ begin set local role cabinet_payments; update payments.balance_change set posted = 0; end $$
    `)
    await expect(denied).rejects.toThrow('permission denied')
  })
})
