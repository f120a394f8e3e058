import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId, offeringId, phone } from './testing/fixture.ts'
import { createStatementWatch } from './testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from './testing/test-cabinet.ts'

const HOME = readFileSync(new URL('../schema/operations/home.graphql', import.meta.url), 'utf8')

describe('the home query', () => {
  let cabinet: TestCabinet
  const { onStatement, watch } = createStatementWatch()
  let single: string
  let company: string

  beforeAll(async () => {
    cabinet = await openTestCabinet({
      onStatement,
      clock: { now: () => new Date('2026-11-22T10:00:00Z') },
    })
    const { database } = cabinet
    await insertCatalogue(database)
    single = await insertAccount(database, { number: 1, displayName: 'Анна' })
    company = await insertAccount(database, { number: 2, kind: 'ORGANIZATION', displayName: 'ООО «Ромашка»' })
    await insertLine(database, { number: 1, ownerId: single, kopecks: 12_345n, points: 70n, optionCount: 2 })
    for (let number = 2; number <= 121; number++) await insertLine(database, { number, ownerId: company })
  })

  afterAll(() => cabinet.close())

  it('gives balance, tariff, bonus points and active options of every number at once', async () => {
    const { data, errors } = await cabinet.ask({ query: HOME }, await cabinet.accountToken(single))
    expect(errors).toBeUndefined()
    expect(data.viewer).toEqual({
      id: single,
      displayName: 'Анна',
      lines: {
        nodes: [
          {
            id: lineId(1),
            msisdn: phone(1),
            alias: null,
            status: 'ACTIVE',
            balance: {
              available: { amount: '123.45', currencyCode: 'RUB' },
              reserved: { amount: '0.00', currencyCode: 'RUB' },
              asOf: '2026-11-22T10:00:00.000Z',
            },
            tariff: {
              id: offeringId(1),
              name: 'Base',
              monthlyFee: { amount: '300.00', currencyCode: 'RUB' },
              nextChargeAt: '2026-12-15T00:00:00.000Z',
            },
            bonuses: { points: 70, expiringNext: { points: 70, expiresAt: '2099-01-15T00:00:00.000Z' } },
            activeOptions: [
              expect.objectContaining({
                name: 'Option 1',
                fee: { amount: '50.00', currencyCode: 'RUB' },
                period: 'MONTH',
              }),
              expect.objectContaining({ name: 'Option 2', nextChargeAt: '2026-12-01T00:00:00.000Z' }),
            ],
          },
        ],
        pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
      },
    })
  })

  it('takes as many SQL statements for a hundred lines as for one', async () => {
    const countFor = async (account: string, first: number) => {
      const token = await cabinet.accountToken(account)
      const { answer, statements } = await watch(() => cabinet.ask({ query: HOME, variables: { first } }, token))
      const lines: number = answer.data.viewer.lines.nodes.length
      return { lines, asked: statements.map(({ subgraph }) => subgraph).sort() }
    }
    const one = await countFor(single, 20)
    const hundred = await countFor(company, 100)
    expect(one.lines).toBe(1)
    expect(hundred.lines).toBe(100)
    expect(hundred.asked).toEqual(one.asked)
    expect(one.asked).toEqual([
      'accounts',
      'linked-numbers',
      'linked-numbers',
      'payments',
      'payments',
      'products',
      'products',
    ])
  })

  it('pages through all lines, each once, in an order that stays', async () => {
    const token = await cabinet.accountToken(company)
    const seen: string[] = []
    let after: string | null = null
    do {
      const { data } = await cabinet.ask({ query: HOME, variables: { first: 50, after } }, token)
      seen.push(...data.viewer.lines.nodes.map((node: { id: string }) => node.id))
      after = data.viewer.lines.pageInfo.hasNextPage ? data.viewer.lines.pageInfo.endCursor : null
    } while (after !== null)
    expect(seen).toEqual(Array.from({ length: 120 }, (_, index) => lineId(index + 2)))
  })

  it.each([
    ['zero', { first: 0 }],
    ['too many', { first: 101 }],
    ['negative', { first: -1 }],
    ['a forged cursor', { after: 'nonsense' }],
  ])('refuses a page of %s with a typed error and keeps the rest', async (_, variables) => {
    const { data, errors } = await cabinet.ask({ query: HOME, variables }, await cabinet.accountToken(single))
    expect(data.viewer).toEqual({ id: single, displayName: 'Анна', lines: null })
    expect(errors).toEqual([
      expect.objectContaining({ path: ['viewer', 'lines'], extensions: { code: 'BAD_USER_INPUT' } }),
    ])
  })

  it('tells the one who is not signed in so, once', async () => {
    const { status, data, errors } = await cabinet.ask({ query: HOME })
    expect(status).toBe(200)
    expect(data).toEqual({ viewer: null })
    expect(errors).toEqual([{ message: 'Sign in first.', path: ['viewer'], extensions: { code: 'UNAUTHENTICATED' } }])
  })
})
