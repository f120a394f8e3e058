import { readFileSync } from 'node:fs'
import type { QueryPlan } from '@apollo/query-planner'
import { buildSchema } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createRootKeys } from './root-keys.ts'

const SCHEMA = buildSchema(readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8'), {
  assumeValid: true,
  assumeValidSDL: true,
})

interface Fetch {
  kind: 'Fetch'
  serviceName: string
  operation: string
  requires?: unknown
}

function fetch(serviceName: string, operation: string, requires?: unknown): Fetch {
  return { kind: 'Fetch', serviceName, operation, ...(requires ? { requires } : {}) }
}

function addTo(...nodes: Fetch[]): string[] {
  createRootKeys(SCHEMA)({ kind: 'QueryPlan', node: { kind: 'Parallel', nodes } } as unknown as QueryPlan)
  return nodes.map(({ operation }) => operation.replaceAll(/\s+/g, ' '))
}

describe('the keys of a shared root', () => {
  it('are asked of every subgraph that tells of it', () => {
    expect(
      addTo(
        fetch('accounts', '{ viewer { id displayName } }'),
        fetch('linked-numbers', '{ viewer { lines { nodes { id } } } }'),
      ),
    ).toEqual(['{ viewer { id displayName } }', '{ viewer { lines { nodes { id } } id } }'])
  })

  it('are asked for by the name that the client gave them', () => {
    const [, operation] = addTo(
      fetch('accounts', '{ me: viewer { key: id displayName } }'),
      fetch('linked-numbers', '{ me: viewer { lines { nodes { id } } } }'),
    )
    expect(operation).toBe('{ me: viewer { lines { nodes { id } } key: id } }')
  })

  it('never take the name that the client gave to another field', () => {
    const [, operation] = addTo(
      fetch('accounts', '{ viewer { id: displayName } }'),
      fetch('linked-numbers', '{ viewer { lines { nodes { id } } } }'),
    )
    expect(operation).toBe('{ viewer { lines { nodes { id } } } }')
  })

  it('stay where they are under a condition', () => {
    const [, operation] = addTo(
      fetch('accounts', 'query ($x: Boolean!) { viewer { id @include(if: $x) } }'),
      fetch('linked-numbers', '{ viewer { lines { nodes { id } } } }'),
    )
    expect(operation).toBe('{ viewer { lines { nodes { id } } } }')
  })

  it('are not asked for when one subgraph tells it all', () => {
    expect(addTo(fetch('accounts', '{ viewer { displayName } }'))).toEqual(['{ viewer { displayName } }'])
  })

  it('are not asked of fetches that begin from an entity, nor of mutations', () => {
    const entities = 'query { _entities { ... on Line { balance { asOf } } } }'
    const change = 'mutation { unlinkNumber(input: {}) { __typename } }'
    expect(addTo(fetch('payments', entities, [{}]), fetch('accounts', '{ viewer { displayName } }'))).toEqual([
      entities,
      '{ viewer { displayName } }',
    ])
    const [first] = addTo(fetch('linked-numbers', change), fetch('accounts', '{ viewer { displayName } }'))
    expect(first).toContain('{ unlinkNumber(input: {}) { __typename } }')
  })

  it('are added once to a plan that is used again', () => {
    const addKeys = createRootKeys(SCHEMA)
    const nodes = [fetch('accounts', '{ viewer { displayName } }'), fetch('linked-numbers', '{ viewer { id } }')]
    const plan = { kind: 'QueryPlan', node: { kind: 'Parallel', nodes } } as unknown as QueryPlan
    addKeys(plan)
    const [first] = nodes.map(({ operation }) => operation)
    addKeys(plan)
    expect(nodes[0]?.operation).toBe(first)
  })
})
