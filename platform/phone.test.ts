import { describe, expect, it } from 'vitest'
import { type E164, maskPhone } from './phone.ts'

describe('a number as others see it', () => {
  it.each([
    ['+79161234567', '+7 916 *** ** 67'],
    ['+375291234567', '+375 2* *** ** 67'],
    ['+12025550123', '+1 202 *** **23'],
  ])('has its middle hidden: %s', (phone, shown) => {
    expect(maskPhone(phone as E164)).toBe(shown)
  })
})
