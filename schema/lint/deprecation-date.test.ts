import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

const problems = (directive: string) => lintSdl('deprecation-date', `type Query { a: ID ${directive} }`)

it('takes what to use and until when', () => {
  expect(problems('@deprecated(reason: "Use b. Removed after 2027-01.")')).toEqual([])
})

it.each(['@deprecated', '@deprecated(reason: "Old.")', '@deprecated(reason: "Use b. Removed after 2027-13.")'])(
  'refuses %s',
  (directive) => {
    expect(problems(directive)).toEqual(['Give the reason as "Use X. Removed after YYYY-MM."'])
  },
)
