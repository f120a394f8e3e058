import { describe, expect, it } from 'vitest'
import { systemRandomness } from '../random.ts'
import { seal, unseal } from './seal.ts'
import { createSecrets } from './secrets.ts'

const OLD = createSecrets(['an old secret'])
const ROTATED = createSecrets(['a new secret', 'an old secret'])
const OTHER = createSecrets(['somebody else’s secret'])

describe('a sealed text', () => {
  const sealed = seal('Ваш код 123456', 'message', OLD, systemRandomness)

  it('is read with the secret that sealed it, also after a newer one came', () => {
    expect(unseal(sealed, 'message', OLD)).toBe('Ваш код 123456')
    expect(unseal(sealed, 'message', ROTATED)).toBe('Ваш код 123456')
  })

  it('looks otherwise each time, and does not show what it is', () => {
    expect(seal('Ваш код 123456', 'message', OLD, systemRandomness)).not.toBe(sealed)
    expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').includes('123456')).toBe(false)
  })

  it.each([
    ['another secret', () => unseal(sealed, 'message', OTHER)],
    ['another purpose', () => unseal(sealed, 'export', OLD)],
    ['a changed letter', () => unseal(`${sealed.slice(0, -5)}AAAAA`, 'message', OLD)],
    ['a part of it', () => unseal(sealed.slice(0, 20), 'message', OLD)],
    ['nothing', () => unseal('', 'message', OLD)],
  ])('is not read with %s', (_, read) => {
    expect(read()).toBeNull()
  })
})
