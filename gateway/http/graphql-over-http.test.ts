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

  it('tells a client of the new media type by status that an operation cannot run, and one of the old by body', async () => {
    const broken = JSON.stringify({ query: '{' })
    const statusFor = async (accept: string) =>
      (await post(broken, { 'content-type': 'application/json', accept })).status
    expect(await statusFor('application/graphql-response+json')).toBe(400)
    expect(await statusFor('application/graphql-response+json, application/json;q=0.9')).toBe(400)
    expect(await statusFor('*/*')).toBe(400)
    expect(await statusFor('application/json')).toBe(200)
  })
})
