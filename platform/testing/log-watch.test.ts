import { afterEach, describe, expect, it } from 'vitest'
import { faultsOf, plantCanary, takeFindings, watchedLogger } from './log-watch.ts'

const HARMLESS = {
  level: 30,
  time: 1795363200000,
  pid: 1234567,
  requestId: '01900001-0000-7000-8000-000000000001',
  durationMs: 123.4,
  msg: 'answered',
}

describe('the watch over logs', () => {
  // What is planted here is no finding of this test.
  afterEach(() => void takeFindings())

  it('finds nothing in a line that shows nothing', () => {
    expect(faultsOf(JSON.stringify(HARMLESS))).toEqual([])
  })

  it.each([
    ['a telephone number', { phone: '+79161234567' }],
    ['a telephone number', { msg: 'sent to 89161234567' }],
    ['a telephone number', { phone: '+4915112345678' }],
    ['an access token', { token: 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2ln' }],
    ['a refresh token', { token: 'a'.repeat(91) }],
    ['the hash of a password', { row: '$argon2id$v=19$m=19456' }],
    ['an authorization header', { headers: { authorization: 'Bearer abc' } }],
    ['a private key', { jwk: { d: 'k'.repeat(43) } }],
    ['a card number', { pan: '4111 1111 1111 1111' }],
  ])('finds %s', (what, fields) => {
    expect(faultsOf(JSON.stringify({ ...HARMLESS, ...fields }))).toEqual([what])
  })

  it('finds a canary and a line that is no JSON', () => {
    plantCanary('Canary Ivanovich')
    expect(faultsOf('{"name":"Canary Ivanovich"}')).toEqual(['a canary'])
    expect(faultsOf('at Object.<anonymous>')).toEqual(['no JSON'])
  })

  it('hears whatever is logged, down to debug', () => {
    watchedLogger.child({ requestId: 'a' }).debug({ phone: '+79161234567' }, 'sent')
    expect(takeFindings()).toHaveLength(1)
  })
})
