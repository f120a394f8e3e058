import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertAccount, insertCatalogue, insertLine, lineId } from '../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'

const LINES = '{ viewer { id lines { nodes { id balance { available { amount } } } } } }'

/** What must not be seen outside: tables, columns, SQL, files, hosts, the database's own words. */
const INSIDE = /ledger|relation|select|\.ts\b|node_modules|at Object|127\.0\.0\.1|localhost|postgres|socket|stack/i

describe('what an answer shows of trouble inside', () => {
  let cabinet: TestCabinet
  let token: string
  const lines: Record<string, unknown>[] = []

  beforeAll(async () => {
    const stream = new Writable({
      write(chunk, _, done) {
        lines.push(JSON.parse(String(chunk)))
        done()
      },
    })
    cabinet = await openTestCabinet({ logger: pino({ level: 'info' }, stream) })
    await insertCatalogue(cabinet.database)
    const account = await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: account })
    token = await cabinet.accountToken(account)
  })
  afterAll(() => cabinet.close())

  it('is nothing of an SQL error, which the log has in full with the id of the request', async () => {
    await cabinet.database.sql('alter table payments.ledger_balance rename to elsewhere')
    const headers = { 'x-request-id': 'a-request-of-mine' }
    const answer = await cabinet.ask({ query: LINES, headers }, token)
    await cabinet.database.sql('alter table payments.elsewhere rename to ledger_balance')

    expect(answer.data.viewer.lines.nodes).toEqual([{ id: lineId(1), balance: null }])
    expect(answer.errors).toEqual([
      {
        message: 'Something broke on our side. Try again later.',
        path: ['viewer', 'lines', 'nodes', 0, 'balance'],
        extensions: { code: 'INTERNAL_SERVER_ERROR' },
      },
    ])
    expect(JSON.stringify(answer)).not.toMatch(INSIDE)
    const logged = lines.filter(({ requestId }) => requestId === 'a-request-of-mine')
    expect(logged).toContainEqual(
      expect.objectContaining({
        msg: 'a resolver failed',
        err: expect.objectContaining({ code: '42P01', stack: expect.stringContaining('ledger_balance') }),
      }),
    )
    expect(logged).toContainEqual(expect.objectContaining({ msg: 'answered', status: 200 }))
  })

  it('is nothing of a right that is missing in the database', async () => {
    await cabinet.database.sql('revoke usage on schema payments from cabinet_payments')
    const refused = await cabinet.ask({ query: LINES }, token)
    await cabinet.database.sql('grant usage on schema payments to cabinet_payments')
    expect(JSON.stringify(refused)).not.toMatch(INSIDE)
    expect(refused.errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR')
  })

  it.each<[string, string, Record<string, unknown>]>([
    ['a date as a variable', 'mutation ($until: DateTime) { grantLineAccess(input: INPUT) { __typename } }', {}],
    ['a date in the text', 'mutation { grantLineAccess(input: INPUT) { __typename } }', {}],
  ])('says that %s is wrong, as the client’s fault', async (name, query) => {
    const until = name.includes('variable') ? '$until' : '"nonsense"'
    const input = `{ lineId: "${lineId(1)}", phone: "+79160000001", rights: [VIEW], until: ${until} }`
    const { status, errors } = await cabinet.ask(
      { query: query.replace('INPUT', input), variables: { until: 'nonsense' } },
      token,
    )
    expect(status).toBe(400)
    expect(errors?.[0]?.message).toMatch(/DateTime/)
    expect(errors?.[0]?.extensions.code).toMatch(/^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/)
    expect(JSON.stringify(errors)).not.toMatch(INSIDE)
  })

  it.each([
    ['no body', ''],
    ['no JSON', '{"query":'],
    ['no query', '{"variables":{}}'],
    ['a query of another kind', '{"query":7}'],
    ['a batch', '[{"query":"{ viewer { id } }"}]'],
    ['a syntax error', '{"query":"{ viewer {"}'],
    ['a field that does not exist', '{"query":"{ viewer { secretSauce } }"}'],
    ['_entities', '{"query":"{ _entities(representations: []) { __typename } }"}'],
    ['_service', '{"query":"{ _service { sdl } }"}'],
    ['two megabytes', `{"query":"${' '.repeat(2e6)}{ viewer { id } }"}`],
    ['two operations and no name', '{"query":"query A { viewer { id } } query B { viewer { id } }"}'],
    ['the name of no operation', '{"query":"query A { viewer { id } }","operationName":"B"}'],
  ])('is a clear 4xx for %s', async (_, payload) => {
    const response = await cabinet.gateway.http.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      payload,
    })
    expect(response.statusCode).toBeGreaterThanOrEqual(400)
    expect(response.statusCode).toBeLessThan(500)
    expect(response.body).not.toMatch(INSIDE)
  })
})
