import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSchema, type GraphQLSchema, printSchema } from 'graphql'
import { systemClock } from '../../platform/clock.ts'
import { apiSchema } from '../compose.ts'
import { releasedOperations, releaseManifest } from '../manifest.ts'
import { readOperations } from '../operations.ts'
import { refusedChanges } from './refused-changes.ts'

const RELEASED_URL = new URL('../released.graphql', import.meta.url)
const HEADER = '# The schema that front ends were last given, by `npm run release:schema`. Not edited by hand.\n\n'

/** The schema that front ends were last given. */
export function readReleased(): GraphQLSchema {
  return buildSchema(readFileSync(RELEASED_URL, 'utf8'))
}

async function release(): Promise<number> {
  const next = apiSchema()
  const now = systemClock.now()
  const problems = await refusedChanges({
    released: readReleased(),
    next,
    operations: { ...readOperations(), ...releasedOperations() },
    now,
  })
  if (problems.length > 0) {
    console.error(`Not released, since it would break front ends:\n\n${problems.join('\n')}`)
    return 1
  }
  writeFileSync(RELEASED_URL, `${HEADER}${printSchema(next)}\n`)
  console.info(`Released ${fileURLToPath(RELEASED_URL)} and ${releaseManifest(now)}`)
  return 0
}

if (import.meta.main) process.exitCode = await release()
