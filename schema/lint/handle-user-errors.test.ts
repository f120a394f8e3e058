import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

const SCHEMA = `
  interface UserError { message: String! }
  type NoLineError implements UserError { message: String! }
  type PaySuccess { id: ID! }
  union PayResult = PaySuccess | NoLineError
  type Query { id: ID }
  type Mutation { pay: PayResult! }
`
const problems = (operation: string) => lintSdl('handle-user-errors', operation, SCHEMA)

it('takes a mutation that ends with any user error', () => {
  expect(problems('mutation Pay { pay { ... on PaySuccess { id } ... on UserError { message } } }')).toEqual([])
})

it('refuses a mutation that knows only some of the errors', () => {
  expect(problems('mutation Pay { pay { ... on NoLineError { message } } }')).toEqual([
    'End "pay" with ... on UserError { … }.',
  ])
})
