import { describe, expect, it } from 'vitest'
import { isDatabaseAway, isLockedTooLong } from './is-away.ts'

describe('a database that is away', () => {
  it.each([
    ['nobody listens', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    [
      'nobody listens on any address',
      new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })], 'connect'),
    ],
    ['its socket is gone', Object.assign(new Error('connect'), { code: 'ENOENT' })],
    ['it is being shut down', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['it is still starting', Object.assign(new Error('the database system is starting up'), { code: '57P03' })],
    ['it has no connection left', Object.assign(new Error('too many clients'), { code: '53300' })],
    ['the connection broke', new Error('Connection terminated unexpectedly')],
    ['it has ended a transaction that was left idle', Object.assign(new Error('idle'), { code: '25P03' })],
    ['connecting took too long', new Error('timeout exceeded when trying to connect')],
  ])('is known when %s', (_, error) => expect(isDatabaseAway(error)).toBe(true))

  it.each([
    ['a breach of a key', Object.assign(new Error('duplicate key'), { code: '23505' })],
    ['a row that is locked', Object.assign(new Error('lock timeout'), { code: '55P03' })],
    ['a mistake in SQL', Object.assign(new Error('syntax error'), { code: '42601' })],
    ['a bug', new TypeError('x is not a function')],
    ['what is no error', 'ECONNREFUSED'],
  ])('is not %s', (_, error) => expect(isDatabaseAway(error)).toBe(false))
})

it('tells a row that is locked from what else goes wrong', () => {
  expect(isLockedTooLong(Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' }))).toBe(
    true,
  )
  expect(isLockedTooLong(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false)
})
