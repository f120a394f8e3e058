import { buildSchema } from 'graphql'
import { expect, it } from 'vitest'
import { createOperationCache } from './operation-cache.ts'

const schema = buildSchema('enum Step { DAY WEEK } type Query { told(by: Step! = DAY, days: Int): String }')
Object.assign(schema.getQueryType()?.getFields()['told'] ?? {}, {
  resolve: (_: unknown, given: object) => JSON.stringify(given),
})
const operations = createOperationCache(schema)

async function ask(query: string, variables = {}) {
  const operation = operations.find(query, undefined)
  if (operation.kind === 'invalid') return operation.errors.map(({ message }) => message)
  const { data, errors } = await operation.run({}, variables)
  return errors?.map(({ message }) => message) ?? data?.['told']
}

it.each([
  ['$by: Step! = WEEK', {}, { by: 'WEEK' }],
  ['$by: Step! = WEEK', { by: 'DAY' }, { by: 'DAY' }],
  ['$by: Step = WEEK', {}, { by: 'WEEK' }],
  ['$by: Step! = WEEK, $days: Int = 3', {}, { by: 'WEEK', days: 3 }],
  ['$by: Step! = WEEK, $days: Int = 3', { days: null }, { by: 'WEEK', days: null }],
])('takes the defaults of an operation for what is left out: (%s) with %o', async (definitions, variables, told) => {
  const given = definitions.includes('$days') ? 'by: $by, days: $days' : 'by: $by'
  expect(JSON.parse(String(await ask(`query (${definitions}) { told(${given}) }`, variables)))).toEqual(told)
})

it('refuses a null where there is a default and none may be', async () => {
  expect(await ask('query ($by: Step! = WEEK) { told(by: $by) }', { by: null })).toEqual([
    'Variable "$by" of non-null type "Step!" must not be null.',
  ])
})
