import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

it('takes is and has', () => {
  const sdl = 'type Query { isOpen: Boolean! hasMore: Boolean issue: String lines(archived: Boolean): String }'
  expect(lintSdl('boolean-prefix', sdl)).toEqual([])
})

it('refuses another name in a type and in an input', () => {
  const sdl = 'type Query { issued: Boolean! } input Filter { open: Boolean }'
  expect(lintSdl('boolean-prefix', sdl)).toEqual([
    'Begin the Boolean "issued" with is or has.',
    'Begin the Boolean "open" with is or has.',
  ])
})
