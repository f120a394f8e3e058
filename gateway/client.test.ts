import { expect, it } from 'vitest'
import { readClient } from './client.ts'

const reasonOf = (header: string | string[]) => readClient('::1', { 'x-reason': header }, null).reason

it.each<[string, string | string[], string | null]>([
  ['in any language, percent-encoded', encodeURIComponent('Звонок № 7'), 'Звонок № 7'],
  ['without what a database or a log cannot hold', 'a%00b%0Ac', 'a b c'],
  ['as far as it is of a reasonable length', 'x'.repeat(501), 'x'.repeat(500)],
  ['not when it is blank', '%20%09', null],
  ['not when it cannot be decoded', '100%', null],
  ['not when there are two', ['one', 'two'], null],
])('takes the reason of a request %s', (_, header, reason) => {
  expect(reasonOf(header)).toBe(reason)
})

it('shows an IPv4 address as one, though the socket is of both families', () => {
  expect(readClient('::ffff:10.0.0.1', {}, null).address).toBe('10.0.0.1')
})
