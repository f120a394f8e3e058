import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'

/** All audits of the reference implementation: fewer would mean that some were not run. */
const AUDIT_COUNT = 61

let cabinet: TestCabinet
let url: string

beforeAll(async () => {
  // Some audits ask for introspection, which production does not give.
  cabinet = await openTestCabinet()
  url = `${await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })}/graphql`
})
afterAll(() => cabinet.close())

describe('GraphQL over HTTP', () => {
  it('is spoken as the audits of graphql-http ask, without an error, a warning or a notice', async () => {
    const results = await auditServer({ url })
    expect(results).toHaveLength(AUDIT_COUNT)
    const wrong = results.filter(({ status }) => status !== 'ok')
    expect(wrong.map((result) => `${result.id} ${result.name}: ${'reason' in result && result.reason}`)).toEqual([])
  })

  const post = (body: string, headers: Record<string, string>) => fetch(url, { method: 'POST', body, headers })
  const QUERY = JSON.stringify({ query: '{ __typename }' })

  it.each([
    ['no JSON', '{', { 'content-type': 'application/json' }, 400],
    ['an empty body', '', { 'content-type': 'application/json' }, 400],
    ['a body of another type', QUERY, { 'content-type': 'text/plain' }, 415],
    ['a form', 'query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a body without a type', QUERY, { 'content-type': '' }, 415],
    ['a body of two megabytes', `"${'x'.repeat(2_000_000)}"`, { 'content-type': 'application/json' }, 413],
  ])('refuses %s with a typed error', async (_, body, headers, status) => {
    const response = await post(body, headers)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }],
    })
  })

  it('changes nothing by GET', async () => {
    const mutation = 'mutation { unlinkNumber(input: { lineId: "x" }) { __typename } }'
    const response = await fetch(`${url}?query=${encodeURIComponent(mutation)}`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('takes no %s, and says what it takes', async (method) => {
    const response = await fetch(url, { method, body: QUERY, headers: { 'content-type': 'application/json' } })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST')
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('opens no stream of events by %s either', async (method) => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream, */*' }
    const response = await fetch(url, { method, body: QUERY, headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, POST')
  })

  it('takes an empty name of an operation for none', async () => {
    const named = JSON.stringify({ query: '{ __typename }', operationName: '' })
    const posted = await post(named, { 'content-type': 'application/json' })
    expect(await posted.json()).toEqual({ data: { __typename: 'Query' } })
    const got = await fetch(`${url}?query={__typename}&operationName=`)
    expect(await got.json()).toEqual({ data: { __typename: 'Query' } })
  })

  it('answers HEAD as GET, without the body', async () => {
    const response = await fetch(`${url}?query={__typename}`, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(await response.text()).toBe('')
  })

  it.each(['text/html', 'multipart/mixed', 'application/json;q=0'])(
    'does nothing for a client that could not read the answer: %s',
    async (accept) => {
      const query = 'mutation { requestOneTimePassword(input: { msisdn: "79160000001" }) { __typename } }'
      const response = await post(JSON.stringify({ query }), { 'content-type': 'application/json', accept })
      expect(response.status).toBe(406)
      expect(await cabinet.database.sql('select from accounts.one_time_password')).toEqual([])
      expect(await response.json()).toEqual({
        errors: [{ message: expect.stringContaining('Accept'), extensions: { code: 'BAD_REQUEST' } }],
      })
    },
  )

  it('refuses in the media type that a client prefers, and has nobody keep it', async () => {
    const accept = 'application/graphql-response+json'
    const response = await post('{', { 'content-type': 'application/json', accept })
    expect(response.headers.get('content-type')).toBe(`${accept}; charset=utf-8`)
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('says to a client without a good token how it is to say who it is', async () => {
    const response = await post(QUERY, { 'content-type': 'application/json', authorization: 'Bearer no.good.token' })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
    const stream = await post(QUERY, { 'content-type': 'application/json', accept: 'text/event-stream' })
    expect(stream.status).toBe(401)
    expect(stream.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('runs one operation of a document though another has a variable of the same name and another type', async () => {
    const query = `query A($x: Boolean!) { __typename @include(if: $x) }
      query B($x: ID!) { line(id: $x) { id } }`
    const response = await post(JSON.stringify({ query, operationName: 'B', variables: { x: '1' } }), {
      'content-type': 'application/json',
    })
    expect(await response.json()).toMatchObject({ data: { line: null } })
  })

  it('tells a client of the new media type by status that an operation cannot run, and one of the old by body', async () => {
    const broken = JSON.stringify({ query: '{' })
    const statusFor = async (accept: string) =>
      (await post(broken, { 'content-type': 'application/json', accept })).status
    expect(await statusFor('application/graphql-response+json')).toBe(400)
    expect(await statusFor('application/graphql-response+json, application/json;q=0.9')).toBe(400)
    expect(await statusFor('*/*')).toBe(400)
    expect(await statusFor('application/json')).toBe(200)
    expect(await statusFor('application/graphql-response+json;q=0.1, application/json')).toBe(200)
    const ambiguous = JSON.stringify({ query: 'query A { __typename } query B { __typename }' })
    const unnamed = await post(ambiguous, { 'content-type': 'application/json', accept: 'application/json' })
    expect(unnamed.status).toBe(200)
  })
})
