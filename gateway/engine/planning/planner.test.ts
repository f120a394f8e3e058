import type { PlanNode } from '@apollo/query-planner'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { composeSubgraphs } from '../testing/supergraphs.ts'
import { createPlanner } from './planner.ts'

function fetchesOf(node: PlanNode | undefined): (PlanNode & { kind: 'Fetch' })[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node]
    case 'Flatten':
      return fetchesOf(node.node)
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesOf)
    default:
      return []
  }
}

function plan(sdl: string, query: string) {
  return fetchesOf(createPlanner(sdl).plan(parse(query), undefined).node as PlanNode)
}

describe('required fields with arguments', () => {
  const supergraph = composeSubgraphs({
    prices: `
      type Query { product: Product }
      type Product @key(fields: "id") { id: ID! price(currency: String!): Int weight: Int }
    `,
    delivery: `
      type Product @key(fields: "id") {
        id: ID! weight: Int @external price(currency: String!): Int @external
        cost: Int @requires(fields: "price(currency: \\"USD\\") weight")
        costInEuro(express: Boolean): Int @requires(fields: "price(currency: \\"EUR\\") weight")
      }
    `,
  })

  it('are fetched beside the client’s own, under names of their own', () => {
    const [first, second] = plan(supergraph, '{ product { price(currency: "EUR") cost } }')
    expect(first?.operation).toContain('price(currency:"EUR")')
    expect(first?.operation).toContain('price__required0:price(currency:"USD")')
    expect(second?.inputRewrites).toEqual([
      { kind: 'KeyRenamer', path: ['... on Product', 'price__required0'], renameKeyTo: 'price' },
    ])
  })

  it('are sent apart when two fields need different ones', () => {
    const [, cost, euro] = plan(supergraph, 'query ($e: Boolean) { product { cost costInEuro(express: $e) } }')
    expect(cost?.operation).toContain('{cost}')
    expect(cost?.variableUsages).toEqual([])
    expect(cost?.operation).not.toContain('$e')
    expect(euro?.operation).toContain('{costInEuro(express:$e)}')
    expect(JSON.stringify(cost?.requires)).not.toContain('price__required1')
    expect(JSON.stringify(euro?.requires)).not.toContain('price__required0')
  })

  it('have the client’s name in paths', () => {
    const { clientPath } = createPlanner(supergraph)
    expect(clientPath(['product', 'price__required0'])).toEqual(['product', 'price'])
  })
})

describe('aliases', () => {
  const supergraph = composeSubgraphs({
    a: 'type Query { a: A } type A @key(fields: "id") { id: ID! name: String label: String }',
    b: 'type A @key(fields: "id") { id: ID! name: String @external upper: String @requires(fields: "name") }',
  })

  it('that are names of keys or of required fields leave these to the plan', () => {
    const [first, second] = plan(supergraph, '{ a { id: name name: label label: id upper } }')
    expect(first?.operation).toBe('{a{__typename id id__asked:name name__asked:label label:id name}}')
    expect(JSON.stringify(second?.requires)).toContain('"name":"id"')
    expect(JSON.stringify(second?.requires)).toContain('"name":"name"')
  })

  it('have the client’s name in paths, though it look as if it were made here', () => {
    const { clientPath } = createPlanner(supergraph)
    expect(clientPath(['a', 0, 'id__asked'])).toEqual(['a', 0, 'id'])
    expect(clientPath(['id__asked__asked', 'label__asked'])).toEqual(['id__asked', 'label__asked'])
  })
})

describe('keys', () => {
  it('are taken from those that a subgraph resolves', () => {
    const supergraph = composeSubgraphs({
      a: 'type A @key(fields: "id") { id: ID! name: String! }',
      b: `
        type Query { a: A }
        type A @key(fields: "other", resolvable: false) @key(fields: "id") {
          id: ID! other: ID! name: String! @external upper: String @requires(fields: "name")
        }
      `,
    })
    const [, , back] = plan(supergraph, '{ a { upper } }')
    expect(JSON.stringify(back?.requires)).toContain('"id"')
    expect(JSON.stringify(back?.requires)).not.toContain('"other"')
  })
})
