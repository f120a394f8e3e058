import type { PlanNode } from '@apollo/query-planner'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import { createFallback } from './fallback.ts'
import { compileOperation } from './operation.ts'
import { type LoadedSupergraph, loadSupergraph } from './supergraph.ts'
import { composeSubgraphs } from './testing/supergraphs.ts'

const supergraphSdl = composeSubgraphs({
  books: 'type Query { count(of: Int!): Int ghost: Ghost } interface Ghost { name: String }',
})
const supergraph = loadSupergraph(supergraphSdl)

function compile(query: string, changed: Partial<LoadedSupergraph> = {}) {
  const warnings: unknown[] = []
  const sent: unknown[] = []
  const fallback = createFallback<object>({
    supergraphSdl,
    logger: { ...silentLogger, warn: (fields: unknown) => warnings.push(fields) } as unknown as typeof silentLogger,
    createDataSource: () => ({ process: async () => ({ data: { count: 42 } }) }),
  })
  const operation = compileOperation<object>({
    supergraph: { ...supergraph, ...changed },
    document: parse(query),
    operationName: undefined,
    prepare: () => async (variables) => {
      sent.push(variables)
      return { data: { count: 7 } }
    },
    fallback,
  })
  return { operation, fallback, warnings, sent }
}

describe('an operation', () => {
  it('is run with the client’s variables', async () => {
    const { operation, sent } = compile('query ($n: Int!) { count(of: $n) }')
    expect(await operation.run({ n: 3 }, {})).toEqual({ data: { count: 7 } })
    expect(sent).toEqual([{ n: 3 }])
  })

  it('is refused, and not even planned, with variables that do not fit', async () => {
    const plan = () => {
      throw new Error('planned')
    }
    const { operation } = compile('query ($n: Int!) { count(of: $n) }', {
      planner: { ...supergraph.planner, plan },
    })
    const { errors, data } = await operation.run({ n: 'three' }, {})
    expect(data).toBeUndefined()
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' })
  })

  const nothingPlanned = { planner: { ...supergraph.planner, plan: () => ({ kind: 'QueryPlan' as const }) } }

  it('is refused when it asks for an interface that nothing implements', async () => {
    const { operation, sent } = compile('{ ghost { name } }', nothingPlanned)
    expect(await operation.run({}, {})).toMatchObject({ errors: [{ message: expect.stringContaining('No subgraph') }] })
    expect(sent).toEqual([])
  })

  it('is answered when conditions left nothing to ask for', async () => {
    const query = 'query ($no: Boolean!) { ghost @skip(if: $no) { name } ... @include(if: false) { count(of: 1) } }'
    const { operation } = compile(query, nothingPlanned)
    expect(await operation.run({ no: true }, {})).toEqual({ data: {} })
    expect(await operation.run({ no: false }, {})).toMatchObject({ errors: [{}] })
  })

  it('asks nobody for what the gateway knows itself', async () => {
    const { operation, sent } = compile('{ __typename }')
    expect(await operation.run({}, {})).toEqual({ data: { __typename: 'Query' } })
    expect(sent).toEqual([])
  })

  it('is run by Apollo’s executor, counted and logged, when its plan has a node that the engine does not know', async () => {
    const node = { kind: 'Teleport' } as unknown as PlanNode
    const { operation, fallback, warnings } = compile('{ count(of: 1) }', {
      planner: { ...supergraph.planner, plan: () => ({ kind: 'QueryPlan', node }) },
    })
    expect(await operation.run({}, {})).toEqual({ data: { count: 42 } })
    expect(await operation.run({}, {})).toEqual({ data: { count: 42 } })
    expect(fallback.count).toBe(2)
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatchObject({ reason: 'the plan has a node of kind Teleport' })
    await fallback.stop()
  })
})
