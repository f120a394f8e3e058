import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../../../platform/identity/secrets.ts'
import { parsePhone } from '../../../../platform/phone.ts'
import { drawCode, hashCode, isCode, parseCode } from './code.ts'
import { messageText } from './message-text.ts'

const phone = parsePhone('+79160000001') ?? parsePhone('')
if (phone === null) throw new Error('this is a telephone number')
const id = '01900001-0000-7000-8000-000000000001'
const old = createSecrets(['the old secret of a test'])
const rotated = createSecrets(['the new secret of a test', 'the old secret of a test'])

it('draws six digits, also when they begin with noughts', () => {
  expect(drawCode({ bytes: Buffer.alloc, below: () => 42 })).toBe('000042')
})

it.each([
  ['123456', '123456'],
  [' 123 456 ', '123456'],
  ['123-456', '123456'],
  ['12345', null],
  ['1234567', null],
  ['12345a', null],
  ['١٢٣٤٥٦', null],
  ['1'.repeat(10_000), null],
])('reads %j as the code %j', (text, code) => {
  expect(parseCode(text)).toBe(code)
})

describe('the hash of a code', () => {
  const codeHash = hashCode({ phone, id }, '123456', old.current)
  const stored = { phone, id, codeHash, secretId: old.current.id }

  it('is that of this code, number and password only', () => {
    expect(isCode(stored, '123456', old)).toBe(true)
    expect(isCode(stored, '123457', old)).toBe(false)
    expect(isCode({ ...stored, id: id.replace('1', '2') }, '123456', old)).toBe(false)
    expect(isCode({ ...stored, phone: parsePhone('+79160000002') ?? phone }, '123456', old)).toBe(false)
  })

  it('is understood after the secret has changed, and not any more when it is gone', () => {
    expect(isCode(stored, '123456', rotated)).toBe(true)
    expect(isCode(stored, '123456', createSecrets(['the new secret of a test']))).toBe(false)
  })
})

it.each(['ru', 'en'] as const)('fits one part of a message: %s', (language) => {
  expect(messageText('123456', language).length).toBeLessThanOrEqual(70)
})
