import type { JSONWebKeySet } from 'jose'
import { type CliEnvironment, EnvironmentError } from '../platform/environment.ts'
import { createSecrets, type Secrets } from '../platform/identity/secrets.ts'
import { systemRandomness } from '../platform/random.ts'
import { developmentKeys, developmentSecrets } from './development-keys.ts'
import { stateDirectory } from './project.ts'

/** What the whole cabinet in one process signs and seals with: from the environment, else, in development, its own. */
export async function readSecrets(environment: CliEnvironment): Promise<{ keys: JSONWebKeySet; secrets: Secrets }> {
  const { ACCESS_TOKEN_KEYS, ACCOUNTS_SECRETS, NODE_ENV } = environment
  if (NODE_ENV === 'production' && !(ACCESS_TOKEN_KEYS && ACCOUNTS_SECRETS)) {
    throw new EnvironmentError(
      'Set ACCESS_TOKEN_KEYS and ACCOUNTS_SECRETS: production has keys of its own (npm run cabinet -- keys).',
    )
  }
  const directory = stateDirectory(environment)
  return {
    keys: ACCESS_TOKEN_KEYS ?? (await developmentKeys(directory)),
    secrets: createSecrets(ACCOUNTS_SECRETS ?? (await developmentSecrets(directory, systemRandomness))),
  }
}
