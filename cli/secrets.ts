import type { JSONWebKeySet } from 'jose'
import { type CliEnvironment, EnvironmentError } from '../platform/environment.ts'
import { createSecrets, type Secrets } from '../platform/identity/secrets.ts'
import { systemRandomness } from '../platform/random.ts'
import { developmentKeys, developmentSecrets } from './development-keys.ts'
import { stateDirectory } from './project.ts'

/** What one process signs and seals with. */
export interface ProcessSecrets {
  readonly keys: JSONWebKeySet
  readonly secrets: Secrets
  readonly paymentsSecrets: Secrets
}

/** What the whole cabinet in one process signs and seals with: from the environment, else, in development, its own. */
export async function readSecrets(environment: CliEnvironment): Promise<ProcessSecrets> {
  const { ACCESS_TOKEN_KEYS, ACCOUNTS_SECRETS, PAYMENTS_SECRETS, NODE_ENV } = environment
  if (NODE_ENV === 'production' && !(ACCESS_TOKEN_KEYS && ACCOUNTS_SECRETS && PAYMENTS_SECRETS)) {
    throw new EnvironmentError(
      'Set ACCESS_TOKEN_KEYS, ACCOUNTS_SECRETS and PAYMENTS_SECRETS: production has its own (npm run cabinet -- keys).',
    )
  }
  const directory = stateDirectory(environment)
  const accountsSecrets = ACCOUNTS_SECRETS ?? (await developmentSecrets(directory, systemRandomness))
  return {
    keys: ACCESS_TOKEN_KEYS ?? (await developmentKeys(directory)),
    secrets: createSecrets(accountsSecrets),
    paymentsSecrets: createSecrets(PAYMENTS_SECRETS ?? accountsSecrets),
  }
}
