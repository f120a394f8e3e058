import { buildSchema, type GraphQLError, getIntrospectionQuery, parse, print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { withTypenames } from '../../platform/operations/normal-form.ts'
import { apiSchema } from '../../schema/compose.ts'
import { readOperations } from '../../schema/operations.ts'
import { createDocumentGate } from './document-gate.ts'
import { OPERATION_LIMITS } from './limits.ts'
import { measure } from './measure.ts'

const SCHEMA = buildSchema(`
  type Query { person: Person tags: [Tag!]! }
  type Person { id: ID! friends(first: Int = 20): People }
  type People { nodes: [Person!]! edges: [Edge!]! }
  type Edge { node: Person! }
  type Tag { id: ID! }
`)
const measured = (text: string) => measure(parse(text), SCHEMA)

describe('the measure of an operation', () => {
  it('counts fields, levels, aliases and directives', () => {
    expect(measured('query @a { person { a: id @b id } x: person { id } }')).toEqual({
      depth: 2,
      fields: 5,
      aliases: 2,
      directives: 2,
      cost: 5,
    })
  })

  it('counts what a page may bring, by what is asked for', () => {
    const costOf = (size: string) => measured(`query ($n: Int) { person { friends${size} { nodes { id } } } }`).cost
    expect(costOf('(first: 3)')).toBe(1 + 1 + 3 * 2)
    expect(costOf('')).toBe(1 + 1 + 20 * 2)
    expect(costOf('(first: $n)')).toBe(1 + 1 + 100 * 2)
    expect(costOf('(first: 100000)')).toBe(1 + 1 + 100 * 2)
    expect(costOf('(first: -5)')).toBe(1 + 1 + 1 * 2)
  })

  it('takes ten for what a list brings that is no page', () => {
    expect(measured('{ tags { id } }').cost).toBe(1 + 10)
  })

  it('counts a fragment wherever it is spread, and walks it once', () => {
    const doubling = Array.from({ length: 60 }, (_, n) => `fragment F${n} on Person { ...F${n + 1} ...F${n + 1} }`)
    const { fields } = measured(`{ person { ...F0 } } ${doubling.join(' ')} fragment F60 on Person { id }`)
    expect(fields).toBe(1 + 2 ** 60)
  })

  it('takes nothing for the name of a type that clients add to each selection', () => {
    const plain = measured('{ person { friends(first: 3) { nodes { id } } } tags { id } }')
    const added = measured(`{
      person { friends(first: 3) { nodes { id __typename } __typename } __typename }
      tags { id __typename }
      __typename
    }`)
    expect(added.cost).toBe(plain.cost)
    expect(added.fields).toBe(plain.fields + 5)
    // An object has one such value however often it is asked for, and any number under other names.
    expect(measured('{ tags { __typename __typename } }').cost).toBe(1)
    expect(measured('{ tags { a: __typename b: __typename } }').cost).toBe(1 + 10 * 2)
  })

  it('finds nothing deep or dear in introspection', () => {
    const { depth, cost } = measured(getIntrospectionQuery())
    expect([depth, cost < OPERATION_LIMITS.cost]).toEqual([1, true])
  })

  it('ends for fragments that spread themselves', () => {
    expect(measured('{ person { ...A } } fragment A on Person { id ...B } fragment B on Person { ...A }').fields).toBe(
      2,
    )
  })
})

describe('the gate of documents', () => {
  const open = () => {
    const gate = createDocumentGate({ hasIntrospection: true })
    gate.useSchema(SCHEMA)
    return gate
  }
  const refusal = (text: string) => {
    try {
      open().admit(text)
      return null
    } catch (error) {
      return (error as GraphQLError).extensions['limit']
    }
  }

  it.each([
    [
      'depth',
      19,
      `{ person ${'{ friends { nodes '.repeat(7)} { friends { edges { node { id } } } } ${'} }'.repeat(7)} }`,
    ],
    ['fields', 501, `{ ${'person { id } '.repeat(250)} tags { id } }`.replace('tags { id }', 'person')],
    ['aliases', 51, `{ ${Array.from({ length: 51 }, (_, n) => `a${n}: person { id }`).join(' ')} }`],
    ['directives', 51, `{ person { ${'id @include(if: true) '.repeat(51)} } }`],
    ['cost', 20_202, '{ person { friends(first: 100) { nodes { friends(first: 100) { nodes { id } } } } } }'],
  ])('refuses an operation over the limit of %s, and says so', (name, value, text) => {
    expect(refusal(text)).toEqual({ name, max: OPERATION_LIMITS[name as 'depth'], value })
  })

  it('refuses a text that is too long before it has read it', () => {
    expect(refusal(`{ ${'person '.repeat(100_000)} }`)).toEqual({ name: 'tokens', max: 2_000, value: null })
  })

  it('refuses names of types by the thousand, under whatever names and however deep', () => {
    const many = (count: number, text: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => text(n)).join(' ')
    expect(refusal(`{ ${many(5_000, (n) => `a${n}: __typename`)} }`)).toMatchObject({ name: 'tokens' })
    expect(refusal(`{ ${many(5_000, () => '__typename')} }`)).toMatchObject({ name: 'tokens' })
    expect(refusal(`{ ${many(600, (n) => `a${n}: __typename`)} }`)).toMatchObject({ name: 'fields', value: 600 })
    expect(refusal(`{ ${many(600, () => '__typename')} }`)).toMatchObject({ name: 'fields', value: 600 })
    expect(refusal(`{ ${many(400, (n) => `a${n}: __typename`)} }`)).toMatchObject({ name: 'aliases', value: 400 })
    const spread = `{ ${many(60, () => '...F')} } fragment F on Query { ${many(40, (n) => `a${n}: __typename`)} }`
    expect(refusal(spread)).toMatchObject({ name: 'fields', value: 2_400 })
    const deep = (names: string) =>
      `{ person { friends(first: 100) { nodes { friends(first: 10) { nodes { ${names} } } } } } }`
    expect(refusal(deep(many(40, (n) => `a${n}: __typename`)))).toMatchObject({ name: 'cost', value: 41_202 })
    expect(refusal(deep('__typename'))).toBeNull()
  })

  it('lets nothing be asked for without a cost', () => {
    expect(open().admit('{ __typename }')?.cost).toBe(1)
  })

  it('hands a document on that may pass, and none that is not valid', async () => {
    const gate = open()
    gate.admit('{ person { id } }')
    gate.admit('{ person { nothing } }')
    gate.admit('{ no GraphQL')
    const stored = await Promise.all(
      ['{ person { id } }', '{ person { nothing } }'].map(async (text) => {
        const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
        return gate.documentStore.get(`prefix:${Buffer.from(hash).toString('hex')}`)
      }),
    )
    expect(stored.map((document) => document?.kind)).toEqual(['Document', undefined])
  })
})

describe('an operation of the contract, with the names of types that clients add,', () => {
  const schema = apiSchema()

  it.each(withTypeNames())('is within the limits: %s', (_, text) => {
    const measures = measure(parse(text, { maxTokens: OPERATION_LIMITS.tokens / 2 }), schema)
    for (const name of ['depth', 'fields', 'aliases', 'directives'] as const) {
      expect(measures[name]).toBeLessThanOrEqual(OPERATION_LIMITS[name] / 2)
    }
    expect(measures.cost).toBeLessThanOrEqual(OPERATION_LIMITS.cost)
  })
})

describe('the gateway', () => {
  let cabinet: TestCabinet
  beforeAll(async () => {
    cabinet = await openTestCabinet()
  })
  afterAll(() => cabinet.close())

  it('refuses what is over a limit with status 400 and the limit', async () => {
    const aliases = Array.from({ length: 60 }, (_, n) => `a${n}: __typename`).join(' ')
    const answer = await cabinet.ask({ query: `{ ${aliases} }` })
    expect(answer.status).toBe(400)
    expect(answer.errors).toEqual([
      {
        message: expect.stringContaining('at most 50'),
        extensions: { code: 'OPERATION_TOO_LARGE', limit: { name: 'aliases', max: 50, value: 60 } },
      },
    ])
  })

  it.each(withTypeNames())('lets an operation of the contract pass: %s', async (_, text) => {
    const { errors = [] } = await cabinet.ask({ query: text, operationName: 'None' })
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_RESOLUTION_FAILURE'])
  })
})

/** The operations as clients with a cache send them. */
function withTypeNames(): [file: string, text: string][] {
  return Object.entries(readOperations()).map(([file, text]) => [file, print(withTypenames(parse(text)))])
}
