import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that holds the project. */
export const PROJECT_DIRECTORY = fileURLToPath(new URL('..', import.meta.url))

/** What a developer's machine keeps between runs: the database and the keys. Not under version control. */
export const STATE_DIRECTORY = path.join(PROJECT_DIRECTORY, '.cabinet')

export const SUPERGRAPH_PATH = path.join(PROJECT_DIRECTORY, 'schema', 'supergraph.graphql')
