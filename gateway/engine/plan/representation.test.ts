import type { QueryPlanSelectionNode } from '@apollo/query-planner'
import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compileRepresentation } from './representation.ts'

const schema = buildSchema('type Query { node: Node } interface Node { id: ID } type Line implements Node { id: ID }')

const field = (name: string, selections?: QueryPlanSelectionNode[]): QueryPlanSelectionNode => ({
  kind: 'Field',
  name,
  ...(selections && { selections }),
})
const on = (typeCondition: string, selections: QueryPlanSelectionNode[]): QueryPlanSelectionNode => ({
  kind: 'InlineFragment',
  typeCondition,
  selections,
})

describe('a representation', () => {
  const represent = compileRepresentation(schema, [
    on('Node', [field('__typename'), field('id'), field('size', [field('width')])]),
  ])

  it('holds what is required, of lists and nulls too, and nothing else', () => {
    const line = { __typename: 'Line', id: '1', size: [{ width: 1, height: 2 }, null], alias: 'x' }
    expect(represent(line)).toEqual({ __typename: 'Line', id: '1', size: [{ width: 1 }, null] })
  })

  it('is null when a required field was never fetched', () => {
    expect(represent({ __typename: 'Line', id: '1' })).toBeNull()
  })

  it('is null for a type that was not asked for', () => {
    expect(represent({ __typename: 'Query', id: '1', size: null })).toBeNull()
  })
})
