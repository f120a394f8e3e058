import { readFileSync } from 'node:fs'
import type { SubgraphName } from './name.ts'

/** The SDL of a subgraph: what all share, then its own. */
export function subgraphSdl(name: SubgraphName): string {
  return `${readSchema('shared')}\n${readSchema(name)}`
}

function readSchema(name: string): string {
  return readFileSync(new URL(`../../schema/${name}.graphql`, import.meta.url), 'utf8')
}
