import { expect, it } from 'vitest'
import { subgraphSdl } from '../platform/subgraph/sdl.ts'
import { apiSchema, composeSupergraph } from './compose.ts'

it('composes the subgraphs, each at its own port', () => {
  const composition = composeSupergraph()
  expect(composition).toMatchObject({ kind: 'composed' })
  expect(composition.kind === 'composed' && composition.supergraphSdl).toContain('http://payments:4004/graphql')
})

it('says why when two subgraphs disagree on a field', () => {
  const composition = composeSupergraph((name) =>
    name === 'payments' ? subgraphSdl(name).replaceAll('asOf: DateTime!', 'asOf: Nothing!') : subgraphSdl(name),
  )
  expect(composition).toMatchObject({ kind: 'failed', errors: [expect.stringContaining('Nothing')] })
})

it('keeps what clients see free of the machinery of federation', () => {
  const types = Object.keys(apiSchema().getTypeMap())
  expect(types).toContain('Line')
  expect(types.filter((name) => /^(join__|link__|_Entity|_Service)/.test(name))).toEqual([])
})
