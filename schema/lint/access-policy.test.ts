import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

const DIRECTIVE = `
  directive @access(to: [AccessRule!]!, line: String) on OBJECT | FIELD_DEFINITION
  enum AccessRule { ANYONE HOLDER LINE_VIEW }
  input PayInput { line: LineInput! }
  input LineInput { id: ID! }
`
const problems = (sdl: string) => lintSdl('access-policy', DIRECTIVE + sdl)

it('takes a policy of the field or of its type', () => {
  const sdl = `
    type Query { line: Line @access(to: [ANYONE]) }
    type Line { id: ID! @access(to: [HOLDER]) }
    type Balance @access(to: [HOLDER]) { amount: Int! }
  `
  expect(problems(sdl)).toEqual([])
})

it('refuses a field without a policy', () => {
  expect(problems('type Query { a: ID @access(to: [ANYONE]) } type Line { id: ID! }')).toEqual([
    'Line.id has no @access: say who may read it.',
  ])
})

it('refuses a root field that leans on the policy of its type', () => {
  expect(problems('type Query @access(to: [ANYONE]) { a: ID }')).toEqual([
    'Query.a has no @access: say who may ask for it.',
  ])
})

it('refuses a right on a line when no argument names the line', () => {
  expect(problems('type Query { pay(id: ID!): ID @access(to: [LINE_VIEW]) }')).toEqual([
    "Query.pay allows by a right on a line: name the line's argument in @access(line:).",
  ])
})

it('follows the path to the line through the input', () => {
  const field = (path: string) => `type Query { pay(input: PayInput!): ID @access(to: [LINE_VIEW], line: "${path}") }`
  expect(problems(field('input.line.id'))).toEqual([])
  expect(problems(field('input.line.lineId'))).toEqual([
    'Query.pay has no argument "input.line.lineId", which @access names.',
  ])
})
