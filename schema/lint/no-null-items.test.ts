import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

it('takes a list whose items are never null', () => {
  expect(lintSdl('no-null-items', 'type Query { lines(ids: [ID!]!): [[String!]!] }')).toEqual([])
})

it('refuses nulls in a field, an argument and a list of lists', () => {
  const sdl = 'type Query { lines(ids: [ID]!): [String] table: [[Int]!]! }'
  expect(lintSdl('no-null-items', sdl)).toHaveLength(3)
})
