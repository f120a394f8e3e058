import { expect, it } from 'vitest'
import { SeenKeys } from './seen-keys.ts'

it('answers with the line of the first when a key comes again', () => {
  const seen = new SeenKeys()
  expect(seen.add('+79161234567', 2)).toBeNull()
  expect(seen.add('+79161234568', 3)).toBeNull()
  expect(seen.add('+79161234567', 9)).toBe(2)
  expect(seen.add('+79161234567', 10)).toBe(2)
  expect(seen.add('', 11)).toBeNull()
})

it('tells apart and finds again hundreds of thousands of keys that hardly differ', () => {
  const seen = new SeenKeys()
  const count = 300_000
  for (let index = 0; index < count; index += 1) {
    if (seen.add(`+7916${index}`, index + 2) !== null) throw new Error(`${index} is new`)
  }
  for (let index = 0; index < count; index += 1) {
    if (seen.add(`+7916${index}`, 1) !== index + 2) throw new Error(`${index} was seen`)
  }
})
