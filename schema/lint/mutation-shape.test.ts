import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

const TYPES = `
  type Query { line: ID }
  input BlockLineInput { lineId: ID! }
  interface UserError { message: String! }
  type BlockLineSuccess { line: ID! }
  type LineNotFoundError implements UserError { message: String! }
  type Odd { message: String! }
`
const GOOD_FIELD = 'blockLine(input: BlockLineInput!): BlockLineResult!'
const GOOD_UNION = 'union BlockLineResult = BlockLineSuccess | LineNotFoundError'

const problems = (field: string, union: string) =>
  lintSdl('mutation-shape', `${TYPES} ${union} type Mutation { ${field} }`)

it('takes one input and a union of the success and the errors', () => {
  expect(problems(GOOD_FIELD, GOOD_UNION)).toEqual([])
})

it('takes no argument where there is nothing to say, and the success of signing in', () => {
  expect(problems('blockLine: BlockLineResult!', GOOD_UNION)).toEqual([])
  const union = 'type SignInSuccess { line: ID! } union BlockLineResult = SignInSuccess | LineNotFoundError'
  expect(problems(GOOD_FIELD, union)).toEqual([])
})

it.each([
  ['blockLine(input: BlockLineInput): BlockLineResult!', '"blockLine" takes one argument, input: BlockLineInput!'],
  [
    'blockLine(input: BlockLineInput!, now: Int): BlockLineResult!',
    '"blockLine" takes one argument, input: BlockLineInput!',
  ],
  ['blockLine(input: BlockLineInput!): BlockLineResult', '"blockLine" returns BlockLineResult!'],
])('refuses %s', (field, message) => {
  expect(problems(field, GOOD_UNION)).toEqual([message])
})

it.each([
  ['union BlockLineResult = LineNotFoundError', 'BlockLineSuccess comes first in BlockLineResult.'],
  ['union BlockLineResult = BlockLineSuccess | Odd', 'Odd in BlockLineResult must implement UserError.'],
  ['type BlockLineResult { line: ID }', 'BlockLineResult is a union of BlockLineSuccess and the errors.'],
])('refuses %s', (union, message) => {
  expect(problems(GOOD_FIELD, union)).toEqual([message])
})
