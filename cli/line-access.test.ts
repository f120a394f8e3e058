import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LineAccessChanged } from '../platform/events/event.ts'
import { accountId, giveAccess, insertAccount, insertCatalogue, insertLine, phone } from './testing/fixture.ts'
import { type Answer, openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const START = new Date('2026-11-22T10:00:00Z')
const DAY_MS = 24 * 60 * 60 * 1000

const GRANT = `mutation ($input: GrantLineAccessInput!) {
  grantLineAccess(input: $input) {
    __typename
    ... on GrantLineAccessSuccess { line { id accessList { accountId rights until } } access { accountId rights until } }
    ... on UserError { message path }
  }
}`
const REVOKE = `mutation ($input: RevokeLineAccessInput!) {
  revokeLineAccess(input: $input) {
    __typename
    ... on RevokeLineAccessSuccess { line { accessList { accountId } } }
    ... on UserError { message path }
  }
}`
const UNLINK = `mutation ($input: UnlinkNumberInput!) {
  unlinkNumber(input: $input) { __typename ... on UnlinkNumberSuccess { lineId } ... on UserError { message path } }
}`
const SEE = `query ($id: ID!) {
  line(id: $id) { rights accessList { accountId } balance { available { amount } } bonuses { points } tariff { name } activeOptions { name } }
  viewer { lines { nodes { id } } }
}`

interface GrantInput {
  readonly lineId: string
  readonly phone: string
  readonly rights: readonly string[]
  readonly until?: string
}

/** The owner has the numbered lines of a test; the friend and two more have a line of their own to be found by. */
const OWNER = accountId(1)
const FRIEND = accountId(2)
const FRIEND_PHONE = phone(2)
const OTHERS = [FRIEND, accountId(3), accountId(4)]

describe('rights on a line', () => {
  let cabinet: TestCabinet
  let now = START
  let lineId: string
  let made = 100

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => now } })
    await insertCatalogue(cabinet.database)
    for (const number of [1, 2, 3, 4]) {
      await insertAccount(cabinet.database, { number })
      await insertLine(cabinet.database, { number, ownerId: accountId(number) })
    }
  })

  beforeEach(async () => {
    now = START
    await delivered()
    lineId = await insertLine(cabinet.database, { number: ++made, ownerId: OWNER })
  })

  afterAll(() => cabinet.close())

  async function ask(account: string, query: string, variables: object, language = 'en'): Promise<Answer['data']> {
    const answer = await cabinet.ask(
      { query, variables: { ...variables }, headers: { 'accept-language': language } },
      await cabinet.accountToken(account),
    )
    expect(answer.errors).toBeUndefined()
    return answer.data
  }

  const grant = async (input: Partial<GrantInput> = {}, as = OWNER) => {
    const whole = { lineId, phone: FRIEND_PHONE, rights: ['VIEW'], ...input }
    return (await ask(as, GRANT, { input: whole })).grantLineAccess
  }
  const revoke = async (account: string, as = OWNER) =>
    (await ask(as, REVOKE, { input: { lineId, accountId: account } })).revokeLineAccess
  const unlink = async (as: string) => (await ask(as, UNLINK, { input: { lineId } })).unlinkNumber
  const see = async (as: string) => {
    const { line, viewer } = await ask(as, SEE, { id: lineId })
    return { line, isListed: viewer.lines.nodes.some((node: { id: string }) => node.id === lineId) }
  }

  /** Waits until nothing is on its way to the other subgraphs. */
  async function delivered(): Promise<void> {
    await expect
      .poll(() => cabinet.database.sql('select receiver, payload from linked_numbers.outbox'), POLL)
      .toEqual([])
  }
  const POLL = { timeout: 10_000, interval: 20 }

  it('on a line that a role hides do not end the list before its end', async () => {
    // An organization's user only sees: a line that the organization may only pay for is not for them.
    const organization = accountId(5)
    await insertAccount(cabinet.database, { number: 5, kind: 'ORGANIZATION' })
    for (const [number, rights] of [
      [501, 2],
      [502, 1],
      [503, 2],
    ] as const) {
      const id = await insertLine(cabinet.database, { number, ownerId: OWNER })
      await giveAccess(cabinet.database, { lineId: id, accountId: organization, rights })
    }
    const token = await cabinet.accountToken(organization, 'user')
    const seen: string[] = []
    let after: string | null = null
    for (let page = 0; page < 3; page++) {
      const query =
        'query ($after: String) { viewer { lines(first: 1, after: $after) { nodes { msisdn } pageInfo { hasNextPage endCursor } } } }'
      const { data } = await cabinet.ask({ query, variables: { after } }, token)
      const { nodes, pageInfo } = data.viewer.lines
      seen.push(...nodes.map(({ msisdn }: { msisdn: string }) => msisdn))
      expect(pageInfo).toEqual({ hasNextPage: page < 2, endCursor: expect.any(String) })
      after = pageInfo.endCursor
    }
    expect(seen).toEqual([phone(502)])
  })

  const rightsIn = (schema: string, ofLine = lineId) =>
    cabinet.database.sql(
      `select account_id, rights, until, version::int from ${schema}.line_access where line_id = $1 order by account_id`,
      [ofLine],
    )

  const ALL_SEEN = {
    balance: { available: { amount: '150.00' } },
    bonuses: { points: 70 },
    tariff: { name: 'Base' },
    activeOptions: [{ name: 'Option 1' }],
  }
  const NOTHING_SEEN = { balance: null, bonuses: null, tariff: null, activeOptions: null }
  const GONE = { line: null, isListed: false }

  it('given by a telephone number let the other see the line in every subgraph', async () => {
    expect(await see(FRIEND)).toEqual(GONE)
    const access = { accountId: FRIEND, rights: ['VIEW'], until: null }
    expect(await grant({ phone: FRIEND_PHONE.replace('+7', '8 ') })).toEqual({
      __typename: 'GrantLineAccessSuccess',
      line: {
        id: lineId,
        accessList: [{ accountId: OWNER, rights: ['VIEW', 'PAY', 'MANAGE', 'OWN'], until: null }, access],
      },
      access,
    })
    await delivered()
    expect(await see(FRIEND)).toEqual({ line: { rights: ['VIEW'], accessList: null, ...ALL_SEEN }, isListed: true })
  })

  it('to pay show the line and nothing of its money and tariff', async () => {
    await grant({ rights: ['PAY'] })
    await delivered()
    expect(await see(FRIEND)).toEqual({ line: { rights: ['PAY'], accessList: null, ...NOTHING_SEEN }, isListed: true })
  })

  it('taken back are gone at once where they are kept, and everywhere when the others have heard', async () => {
    await grant()
    await delivered()
    expect(await revoke(FRIEND)).toEqual({
      __typename: 'RevokeLineAccessSuccess',
      line: { accessList: [{ accountId: OWNER }] },
    })
    expect(await see(FRIEND)).toEqual(GONE)
    await delivered()
    for (const schema of ['linked_numbers', 'products', 'payments']) {
      expect(await rightsIn(schema)).toContainEqual({ account_id: FRIEND, rights: 0, until: null, version: 2 })
    }
  })

  it('given up by the other side are gone, and the owner keeps the line', async () => {
    await grant({ rights: ['VIEW', 'MANAGE'] })
    expect(await unlink(FRIEND)).toEqual({ __typename: 'UnlinkNumberSuccess', lineId })
    expect(await unlink(FRIEND)).toMatchObject({ __typename: 'LineNotFoundError' })
    await delivered()
    expect(await see(FRIEND)).toEqual(GONE)
    expect(await see(OWNER)).toMatchObject({
      line: { ...ALL_SEEN, accessList: [{ accountId: OWNER }] },
      isListed: true,
    })
  })

  it('end by themselves at the moment that was said', async () => {
    const until = new Date(START.getTime() + DAY_MS).toISOString()
    expect(await grant({ until })).toMatchObject({ access: { until } })
    await delivered()
    now = new Date(START.getTime() + DAY_MS - 1)
    expect(await see(FRIEND)).toMatchObject({ line: ALL_SEEN, isListed: true })
    now = new Date(START.getTime() + DAY_MS)
    expect(await see(FRIEND)).toEqual(GONE)
    expect(await unlink(FRIEND)).toMatchObject({ __typename: 'LineNotFoundError' })
    expect((await see(OWNER)).line.accessList).toEqual([{ accountId: OWNER }])
  })

  it('given again replace what was given before, its end too', async () => {
    const until = new Date(START.getTime() + DAY_MS).toISOString()
    await grant({ rights: ['VIEW', 'PAY'], until })
    expect(await grant({ rights: ['MANAGE'] })).toMatchObject({ access: { rights: ['MANAGE'], until: null } })
    await delivered()
    now = new Date(START.getTime() + 2 * DAY_MS)
    expect(await see(FRIEND)).toEqual({
      line: { rights: ['MANAGE'], accessList: null, ...NOTHING_SEEN },
      isListed: true,
    })
  })

  it('can be given after they were taken back', async () => {
    await grant()
    await revoke(FRIEND)
    await grant({ rights: ['VIEW', 'PAY'] })
    await delivered()
    expect(await see(FRIEND)).toMatchObject({ line: { rights: ['VIEW', 'PAY'], ...ALL_SEEN }, isListed: true })
    expect(await rightsIn('products')).toEqual(await rightsIn('linked_numbers'))
  })

  it('are not for those who have them to give on', async () => {
    await grant({ rights: ['VIEW', 'PAY', 'MANAGE'] })
    expect(await grant({ phone: phone(3) }, FRIEND)).toMatchObject({ __typename: 'LineNotFoundError' })
    expect(await revoke(FRIEND, FRIEND)).toMatchObject({ __typename: 'LineNotFoundError' })
  })

  it('leave a record of each change and of who made it', async () => {
    await grant()
    await revoke(FRIEND)
    await grant()
    await unlink(FRIEND)
    const records = await cabinet.database.sql(
      'select account_id, rights, changed_by from linked_numbers.access_audit where line_id = $1 order by id',
      [lineId],
    )
    expect(records.map(({ rights, changed_by }) => [rights, changed_by])).toEqual([
      [1, `account:${OWNER}`],
      [0, `account:${OWNER}`],
      [1, `account:${OWNER}`],
      [0, `account:${FRIEND}`],
    ])
  })

  describe('are refused with a typed error in the language that is asked for', () => {
    const past = new Date(START.getTime() - 1).toISOString()
    it.each<[string, string, readonly string[], Partial<GrantInput>]>([
      ['a phone that cannot be read', 'InvalidPhoneNumberError', ['phone'], { phone: 'call me' }],
      ['the phone of nobody', 'SubscriberNotFoundError', ['phone'], { phone: phone(999) }],
      ["the owner's own phone", 'SubscriberNotFoundError', ['phone'], { phone: phone(1) }],
      ['no rights', 'InvalidLineRightsError', ['rights'], { rights: [] }],
      ['ownership', 'InvalidLineRightsError', ['rights'], { rights: ['VIEW', 'OWN'] }],
      ['an end that has passed', 'InvalidLineRightsError', ['until'], { until: past }],
      ["another's line", 'LineNotFoundError', ['lineId'], { lineId: accountId(9) }],
      ['what is no id', 'LineNotFoundError', ['lineId'], { lineId: 'a line' }],
    ])('by grantLineAccess for %s', async (_, name, path, change) => {
      const input = { lineId, phone: FRIEND_PHONE, rights: ['VIEW'], ...change }
      await expectRefusal({ query: GRANT, field: 'grantLineAccess', input, as: OWNER }, name, path)
    })

    it.each<[string, string, readonly string[], object]>([
      ['an account without rights', 'LineAccessNotFoundError', ['accountId'], { accountId: FRIEND }],
      ['what is no id of an account', 'LineAccessNotFoundError', ['accountId'], { accountId: 'a friend' }],
      ['the owner', 'OwnLineError', ['accountId'], { accountId: OWNER }],
      ["another's line", 'LineNotFoundError', ['lineId'], { lineId: accountId(9) }],
    ])('by revokeLineAccess for %s', async (_, name, path, change) => {
      const input = { lineId, accountId: FRIEND, ...change }
      await expectRefusal({ query: REVOKE, field: 'revokeLineAccess', input, as: OWNER }, name, path)
    })

    it.each<[string, string, string]>([
      ["one's own line", 'OwnLineError', OWNER],
      ["another's line", 'LineNotFoundError', FRIEND],
    ])('by unlinkNumber for %s', async (_, name, as) => {
      await expectRefusal({ query: UNLINK, field: 'unlinkNumber', input: { lineId }, as }, name, ['lineId'])
    })

    async function expectRefusal(
      { query, field, input, as }: { query: string; field: string; input: object; as: string },
      __typename: string,
      path: readonly string[],
    ) {
      const russian = (await ask(as, query, { input }, 'ru-RU,ru;q=0.9'))[field]
      const english = (await ask(as, query, { input }, 'en-GB,en;q=0.9'))[field]
      expect(russian).toEqual({ __typename, path, message: expect.stringMatching(/^[А-Я][^a-z]+\.$/) })
      expect(english).toEqual({ __typename, path, message: expect.stringMatching(/^[A-Z][^а-яё]+\.$/) })
    }
  })

  describe('in the copies of the other subgraphs', () => {
    const event = (change: Partial<LineAccessChanged>): LineAccessChanged => ({
      id: accountId(9_000 + ++made),
      kind: 'LineAccessChanged',
      occurredAt: START.toISOString(),
      lineId,
      accountId: FRIEND,
      rights: 1,
      until: null,
      version: 1,
      ...change,
    })
    const COPIES = ['products', 'payments'] as const

    it.each(COPIES)('change once, though %s is told twice', async (name) => {
      const told = event({ rights: 1, version: 5 })
      await cabinet.subgraphs[name].receive(told)
      // As if nothing had been done: a second effect would show.
      await cabinet.database.sql(`update ${name}.line_access set rights = 0, version = 0 where line_id = $1`, [lineId])
      await Promise.all([cabinet.subgraphs[name].receive(told), cabinet.subgraphs[name].receive(told)])
      expect(await rightsIn(name)).toContainEqual({ account_id: FRIEND, rights: 0, until: null, version: 0 })
    })

    it.each(COPIES)('keep the newest when %s is told in another order', async (name) => {
      await cabinet.subgraphs[name].receive(event({ rights: 3, version: 7 }))
      await cabinet.subgraphs[name].receive(event({ rights: 15, version: 6 }))
      await cabinet.subgraphs[name].receive(event({ rights: 15, version: 7 }))
      expect(await rightsIn(name)).toContainEqual({ account_id: FRIEND, rights: 3, until: null, version: 7 })
    })

    it('arrive later when a subgraph is down, each once, and do not keep the other waiting', async () => {
      await cabinet.database.sql('revoke insert on products.inbox from cabinet_products')
      try {
        await grant({ rights: ['VIEW'] })
        await revoke(FRIEND)
        await grant({ rights: ['VIEW', 'PAY'] })
        await expect.poll(() => rightsIn('payments'), POLL).toEqual(await rightsIn('linked_numbers'))
        expect((await see(FRIEND)).line).toMatchObject({ ...ALL_SEEN, tariff: null, activeOptions: null })
        expect(await cabinet.database.sql('select receiver from linked_numbers.outbox')).toEqual(
          Array(3).fill({ receiver: 'products' }),
        )
      } finally {
        await cabinet.database.sql('grant insert on products.inbox to cabinet_products')
      }
      await delivered()
      expect((await see(FRIEND)).line).toMatchObject(ALL_SEEN)
      expect(await rightsIn('products')).toEqual(await rightsIn('linked_numbers'))
    })

    /** Gives to, takes from or gives up for one of three accounts, by turns. */
    function change(index: number) {
      const other = OTHERS[index % 3] as string
      if (index % 7 === 3) return unlink(other)
      if (index % 5 >= 3) return revoke(other)
      return grant({ phone: phone(2 + (index % 3)), rights: index % 2 === 0 ? ['VIEW', 'MANAGE'] : ['VIEW'] })
    }

    it('agree with the truth after twenty changes at once, again and again', async () => {
      for (let round = 0; round < 3; round++) {
        const changes = Array.from({ length: 20 }, (_, index) => change(index))
        const outcomes = (await Promise.all(changes)).map(({ __typename }) => __typename as string)
        expect(outcomes.filter((name) => !/Success$|^LineAccessNotFoundError$|^LineNotFoundError$/.test(name))).toEqual(
          [],
        )
        await delivered()
        const truth = await rightsIn('linked_numbers')
        expect(await rightsIn('products')).toEqual(truth)
        expect(await rightsIn('payments')).toEqual(truth)
        await expectListed(truth)
      }
    })

    /** The lists that home screens are made from hold the line of exactly those who have a right on it. */
    async function expectListed(truth: readonly Record<string, unknown>[]) {
      const rows = await cabinet.database.sql(
        'select account_id from linked_numbers.account_line where line_id = $1 order by account_id',
        [lineId],
      )
      expect(rows).toEqual(truth.filter(({ rights }) => rights !== 0).map(({ account_id }) => ({ account_id })))
    }
  })
})
