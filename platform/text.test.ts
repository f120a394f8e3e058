import { describe, expect, it } from 'vitest'
import { isStorable } from './text.ts'

describe('a text of others', () => {
  it('is counted in characters, as people count them', () => {
    expect(isStorable('💥'.repeat(100), 100)).toBe(true)
    expect(isStorable('💥'.repeat(101), 100)).toBe(false)
    expect(isStorable('ключ'.repeat(25), 100)).toBe(true)
    expect(isStorable('a'.repeat(101), 100)).toBe(false)
  })

  it('is not kept with a zero character, of which PostgreSQL has none', () => {
    expect(isStorable('a\0', 100)).toBe(false)
  })
})
