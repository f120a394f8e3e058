import { describe, expect, it } from 'vitest'
import { createRandom } from '../cli/demo/random.ts'
import { rankTest } from './rank-test.ts'

const sample = (seed: number, count: number, shift = 0) => {
  const { next } = createRandom(seed)
  return Array.from({ length: count }, () => next() + shift)
}

describe('rankTest', () => {
  it('counts how often the second is larger, and equal values half', () => {
    expect(rankTest([1, 2, 3], [4, 5, 6]).auc).toBe(1)
    expect(rankTest([4, 5, 6], [1, 2, 3]).auc).toBe(0)
    expect(rankTest([1, 2], [1, 2]).auc).toBe(0.5)
    expect(rankTest([1, 3], [2, 3]).auc).toBe(0.625)
  })

  it('finds nothing between samples of one kind, and a small shift in ten thousand', () => {
    expect(rankTest(sample(1, 10_000), sample(2, 10_000)).p).toBeGreaterThan(0.01)
    expect(rankTest(sample(1, 10_000), sample(2, 10_000, 0.03)).p).toBeLessThan(1e-6)
  })

  it('gives the weight of both tails', () => {
    // Five against five, all larger: z is 2.611.
    expect(rankTest([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p).toBeCloseTo(0.00902, 4)
  })
})
