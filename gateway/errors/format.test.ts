import { describe, expect, it } from 'vitest'
import { formatError } from './format.ts'

describe('an error on its way to a client', () => {
  it.each([
    ['of SQL', { message: 'relation "accounts.account" does not exist', extensions: { code: '42P01' } }],
    ['with a code of its own', { message: 'connect ECONNREFUSED 10.0.0.7:5432', extensions: { code: 'ECONNREFUSED' } }],
    ['without a code', { message: 'Cannot read properties of undefined' }],
    ['with a stack', { message: 'at /app/x.ts:1', extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: ['x'] } }],
  ])('shows nothing of a bug %s but its place', (_, error) => {
    expect(formatError({ ...error, path: ['viewer'], locations: [{ line: 1, column: 2 }] })).toEqual({
      message: 'Something broke on our side. Try again later.',
      path: ['viewer'],
      locations: [{ line: 1, column: 2 }],
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    })
  })

  it('keeps the words and the stable parts of one that is for clients, and no other', () => {
    const extensions = { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'payments', retryAfter: 5, reason: 'X' }
    const secrets = { serviceName: 'payments', stacktrace: ['at x'], exception: {}, host: '10.0.0.7' }
    expect(formatError({ message: 'away', path: ['a', 0], extensions: { ...extensions, ...secrets } })).toEqual({
      message: 'away',
      path: ['a', 0],
      extensions,
    })
  })
})
