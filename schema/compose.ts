import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { composeServices } from '@apollo/composition'
import { type GraphQLSchema, parse } from 'graphql'
import { SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { subgraphSdl } from '../platform/subgraph/sdl.ts'

/** Where the supergraph says that each subgraph listens; a deployment may say otherwise. */
const SUBGRAPH_PORTS: Record<SubgraphName, number> = {
  accounts: 4001,
  'linked-numbers': 4002,
  products: 4003,
  payments: 4004,
}

const SUPERGRAPH_URL = new URL('supergraph.graphql', import.meta.url)
const HEADER = '# Composed from the other files of this folder by `npm run compose`. Not edited by hand.\n\n'

export type Composition =
  | { kind: 'composed'; supergraphSdl: string; apiSchema: () => GraphQLSchema }
  | { kind: 'failed'; errors: readonly string[] }

/** Composes the subgraphs' schemas. `sdlOf` is there for tests that compose something else. */
export function composeSupergraph(sdlOf: (name: SubgraphName) => string = subgraphSdl): Composition {
  const result = composeServices(
    SUBGRAPH_NAMES.map((name) => ({
      name,
      url: `http://${name}:${SUBGRAPH_PORTS[name]}/graphql`,
      typeDefs: parse(sdlOf(name)),
    })),
  )
  if (result.errors) return { kind: 'failed', errors: result.errors.map(String) }
  return {
    kind: 'composed',
    supergraphSdl: `${HEADER}${result.supergraphSdl.trimEnd()}\n`,
    apiSchema: () => result.schema.toAPISchema().toGraphQLJSSchema(),
  }
}

/** What clients see: the supergraph without its machinery and without what is `@inaccessible`. */
export function apiSchema(): GraphQLSchema {
  const composition = composeSupergraph()
  if (composition.kind === 'failed') throw new Error(composition.errors.join('\n\n'))
  return composition.apiSchema()
}

function main(args: readonly string[]): number {
  const composition = composeSupergraph()
  if (composition.kind === 'failed') return fail(`The subgraphs do not compose:\n\n${composition.errors.join('\n\n')}`)
  if (args.includes('--check')) return check(composition.supergraphSdl)
  writeFileSync(SUPERGRAPH_URL, composition.supergraphSdl)
  console.info(`Composed ${fileURLToPath(SUPERGRAPH_URL)}`)
  return 0
}

function check(supergraphSdl: string): number {
  if (readCommitted() === supergraphSdl) return 0
  return fail('schema/supergraph.graphql is not what the subgraphs compose to. Run: npm run compose')
}

function readCommitted(): string | null {
  try {
    return readFileSync(SUPERGRAPH_URL, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

function fail(message: string): number {
  console.error(message)
  return 1
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
