import type { PlanNode } from '@apollo/query-planner'
import { buildSchema, type GraphQLError, type OperationDefinitionNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { compilePlan, UnsupportedPlanError } from './compile-plan.ts'
import { createMerge } from './merge.ts'
import type { FetchOperation, SubgraphResult } from './step.ts'

const schema = buildSchema('type Query { lines: [Line] } type Line { id: ID name: String }')
const operation = parse('query ($yes: Boolean = true, $id: ID) { lines { id } }')
  .definitions[0] as OperationDefinitionNode

const fetchNode = (text: string, more: Partial<PlanNode & { kind: 'Fetch' }> = {}): PlanNode =>
  ({ kind: 'Fetch', serviceName: 'lines', operation: text, operationKind: 'query', ...more }) as PlanNode

const REQUIRES = [
  {
    kind: 'InlineFragment' as const,
    typeCondition: 'Line',
    selections: ['__typename', 'id'].map((name) => ({ kind: 'Field' as const, name })),
  },
]

interface Sent {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

async function execute(
  node: PlanNode,
  answer: (sent: Sent) => SubgraphResult | Promise<SubgraphResult>,
  variables: Record<string, unknown> = {},
) {
  const sent: Sent[] = []
  const prepare =
    ({ query }: FetchOperation) =>
    async (values: Readonly<Record<string, unknown>>) => {
      sent.push({ query, variables: values })
      return answer({ query, variables: values })
    }
  const run = compilePlan({ kind: 'QueryPlan', node }, { schema, operation, prepare, merge: createMerge(schema) })
  const data: Record<string, unknown> = {}
  const errors: GraphQLError[] = []
  await run({ path: [], targets: [data] }, { data, variables, context: undefined, errors })
  return { data, errors, sent }
}

describe('a compiled plan', () => {
  it('asks for an entity once, however often it stands in the data, and blames all its places', async () => {
    const line = () => ({ __typename: 'Line', id: '1' })
    const { data, errors, sent } = await execute(
      {
        kind: 'Sequence',
        nodes: [
          fetchNode('{lines}'),
          { kind: 'Flatten', path: ['lines', '@'], node: fetchNode('{_entities}', { requires: REQUIRES }) },
        ],
      },
      ({ query }) =>
        query === '{lines}'
          ? { data: { lines: [line(), null, line()] } }
          : { data: { _entities: [{ name: null }] }, errors: [{ message: 'no name', path: ['_entities', 0, 'name'] }] },
    )
    expect(sent[1]?.variables).toEqual({ representations: [line()] })
    expect(data['lines']).toEqual([{ ...line(), name: null }, null, { ...line(), name: null }])
    expect(errors.map(({ path }) => path)).toEqual([
      ['lines', 0, 'name'],
      ['lines', 2, 'name'],
    ])
  })

  it('keeps the code of a subgraph’s error and says which subgraph it was', async () => {
    const { errors } = await execute(fetchNode('{a}'), () => ({
      errors: [
        { message: 'no', extensions: { code: 'FORBIDDEN' } },
        { message: '', extensions: { code: undefined } },
      ],
    }))
    expect(errors.map(({ message, extensions }) => [message, extensions['code'], extensions['serviceName']])).toEqual([
      ['no', 'FORBIDDEN', 'lines'],
      ['Error while fetching subquery from service "lines"', 'DOWNSTREAM_SERVICE_ERROR', 'lines'],
    ])
  })

  it('goes on when a fetch throws', async () => {
    const nodes = [fetchNode('{a}'), fetchNode('{b}')]
    const { data, errors } = await execute({ kind: 'Parallel', nodes }, ({ query }) => {
      if (query === '{a}') throw new Error('away')
      return { data: { b: 1 } }
    })
    expect(data).toEqual({ b: 1 })
    expect(errors.map(({ message }) => message)).toEqual(['away'])
  })

  it('refuses an answer that holds another number of entities', async () => {
    const node: PlanNode = {
      kind: 'Sequence',
      nodes: [
        fetchNode('{lines}'),
        { kind: 'Flatten', path: ['lines', '@'], node: fetchNode('{_entities}', { requires: REQUIRES }) },
      ],
    }
    const { errors } = await execute(node, ({ query }) =>
      query === '{lines}' ? { data: { lines: [{ __typename: 'Line', id: '1' }] } } : { data: { _entities: [] } },
    )
    expect(errors[0]?.message).toBe('Expected "data._entities" to contain 1 elements')
  })

  it('sends only the variables that a fetch uses and the client gave', async () => {
    const { sent } = await execute(fetchNode('{a}', { variableUsages: ['id', 'none'] }), () => ({}), { id: null, x: 1 })
    expect(sent[0]?.variables).toEqual({ id: null })
  })

  it('takes the branch that a variable or its default says', async () => {
    const condition: PlanNode = {
      kind: 'Condition',
      condition: 'yes',
      ifClause: fetchNode('{yes}'),
      elseClause: fetchNode('{no}'),
    }
    expect((await execute(condition, () => ({}))).sent[0]?.query).toBe('{yes}')
    expect((await execute(condition, () => ({}), { yes: false })).sent[0]?.query).toBe('{no}')
  })

  it('says which node it cannot run', () => {
    const node = { kind: 'Teleport' } as unknown as PlanNode
    const compile = () =>
      compilePlan(
        { kind: 'QueryPlan', node },
        { schema, operation, prepare: () => async () => ({}), merge: createMerge(schema) },
      )
    expect(compile).toThrow(UnsupportedPlanError)
    expect(compile).toThrow('Teleport')
  })
})
