import { describe, expect, it } from 'vitest'
import { spreadOf } from './statistics.ts'

describe('spreadOf', () => {
  it('gives the value in the middle, or between the two in the middle', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 })
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  })
})
