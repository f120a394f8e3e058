import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { enforceAccess } from '../platform/access/enforce.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { readPolicies, type SchemaPolicies } from './testing/access/policies.ts'

const readSchema = (name: string) => readFileSync(new URL(`../schema/${name}.graphql`, import.meta.url), 'utf8')
const SHARED = readSchema('shared')
const sdlOf = (name: SubgraphName) => `${SHARED}\n${readSchema(name)}`
const POLICY = / @access\((?:[^()"]|"[^"]*")*\)/g

interface Planted {
  readonly subgraph: SubgraphName
  readonly line: number
  readonly sdl: string
  /** What the schemas say then; null when they leave a field with no policy. */
  readonly policies: SchemaPolicies | null
}

/** The schema of each subgraph, once for each of its policies, without that one. */
const planted = SUBGRAPH_NAMES.flatMap((subgraph) => {
  const sdl = readSchema(subgraph)
  return [...sdl.matchAll(POLICY)].map(({ 0: policy, index }): Planted => {
    const rest = `${SHARED}\n${sdl.slice(0, index)}${sdl.slice(index + policy.length)}`
    const line = sdl.slice(0, index).split('\n').length
    return { subgraph, line, sdl: rest, policies: readOrNull((name) => (name === subgraph ? rest : sdlOf(name))) }
  })
})

function readOrNull(read: (name: SubgraphName) => string): SchemaPolicies | null {
  try {
    return readPolicies(read)
  } catch (error) {
    if (/has no @access/.test(String(error))) return null
    throw error
  }
}

describe('a schema with one policy taken away', () => {
  const missing = planted.filter(({ policies }) => policies === null)
  const wider = planted.filter(({ policies }) => policies !== null)

  it('is tried for each of the policies', () => {
    expect(missing.length).toBeGreaterThan(40)
  })

  it.each(missing)('does not start when a field is left with none: $subgraph, line $line', ({ sdl }) => {
    expect(() => enforceAccess(buildSubgraphSchema(parse(sdl)))).toThrow(/says who may read it/)
  })

  it.each(wider)('shows in docs/access.md when the type has another: $subgraph, line $line', ({ policies }) => {
    expect(policies?.fields).not.toEqual(readPolicies().fields)
  })
})

describe('the reading of policies for the access table', () => {
  it('refuses a field that one subgraph guards otherwise than another', () => {
    const policy = 'viewer: Account @shareable @access(to: [SIGNED_IN])'
    const open = 'viewer: Account @shareable @access(to: [ANYONE])'
    expect(() =>
      readPolicies((name) => (name === 'accounts' ? sdlOf(name).replace(policy, open) : sdlOf(name))),
    ).toThrow('Query.viewer has one policy in accounts and another in linked-numbers')
  })

  it('refuses a rule below a value type, where the table has no cell for it', () => {
    const planted = 'reserved: Money! @access(to: [LINE_PAY])'
    expect(() => readPolicies((name) => sdlOf(name).replace('reserved: Money!', planted))).toThrow(
      'Balance.reserved is refused to some below the field that leads to it',
    )
  })
})
