import { expect, it } from 'vitest'
import { exceededByVariables, VARIABLE_LIMITS } from './variables.ts'

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value }
  return value
}

it('lets through what is within the limits', () => {
  const { variableDepth, variableValues } = VARIABLE_LIMITS
  for (const variables of [undefined, null, {}, nested(variableDepth), Array(variableValues - 1).fill('x')]) {
    expect(exceededByVariables(variables)).toBeNull()
  }
})

it.each([
  ['variableDepth', nested(VARIABLE_LIMITS.variableDepth + 1)],
  ['variableDepth', nested(100_000)],
  ['variableValues', { list: Array(VARIABLE_LIMITS.variableValues).fill('x') }],
])('names the limit: %s', (name, variables) => {
  expect(exceededByVariables(variables)?.extensions).toMatchObject({ code: 'OPERATION_TOO_LARGE', limit: { name } })
})
