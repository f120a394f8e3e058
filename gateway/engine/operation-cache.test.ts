import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import type { CompiledOperation } from './operation.ts'
import { createOperationCache, sizeOf } from './operation-cache.ts'

const operation: CompiledOperation<unknown> = { run: async () => ({}), plan: () => undefined }

describe('the cache of operations', () => {
  it('does not grow past its number, whatever is asked', () => {
    const cache = createOperationCache()
    for (let index = 0; index < 20_000; index++) cache.set(`${index}`, operation, { size: 10 })
    expect(cache.size).toBe(2_000)
  })

  it('does not grow past its length: long operations take the place of many', () => {
    const cache = createOperationCache(100, 1_000)
    for (let index = 0; index < 100; index++) cache.set(`${index}`, operation, { size: 100 })
    expect(cache.size).toBe(10)
    cache.set('longer than all', operation, { size: 1_001 })
    expect(cache.has('longer than all')).toBe(false)
  })

  it('measures an operation by its text', () => {
    expect(sizeOf(parse('{ viewer { id } }'))).toBe(17)
  })
})
