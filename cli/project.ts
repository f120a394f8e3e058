import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CliEnvironment } from '../platform/environment.ts'

/** The folder that holds the project. */
export const PROJECT_DIRECTORY = fileURLToPath(new URL('..', import.meta.url))

export const SUPERGRAPH_PATH = path.join(PROJECT_DIRECTORY, 'schema', 'supergraph.graphql')

/** The manifests of the operations that front ends send. */
export const MANIFESTS_PATH = path.join(PROJECT_DIRECTORY, 'schema', 'manifests')

/** What a developer's machine keeps between runs: the database and the keys. Not under version control. */
export function stateDirectory({ CABINET_STATE_DIRECTORY }: CliEnvironment): string {
  return path.resolve(CABINET_STATE_DIRECTORY ?? path.join(PROJECT_DIRECTORY, '.cabinet'))
}
