import type { JSONWebKeySet } from 'jose'
import { EnvironmentError } from './environment-values.ts'
import { DEVELOPMENT_KEY_PREFIX } from './identity/keys.ts'
import { DEVELOPMENT_SECRET_PREFIX } from './identity/secrets.ts'
import { readSmppUrl } from './sms/smpp-url.ts'

/** As whom development binds to its stand-in of a message centre. */
export const DEVELOPMENT_SYSTEM_ID = 'development'

/** Keys made for development are known to whoever can read the disk they lie on: production does not start with them. */
export function refuseDemoSecrets(environment: Record<string, unknown>): void {
  if (environment['NODE_ENV'] !== 'production') return
  for (const [name, value] of Object.entries(environment)) {
    const keys = (value as JSONWebKeySet | undefined)?.keys
    if (Array.isArray(keys) && keys.some((key) => key.kid?.startsWith(DEVELOPMENT_KEY_PREFIX))) {
      throw new EnvironmentError(`${name} holds a development key. Make real ones: npm run cabinet -- keys`)
    }
    if (name === 'SMSC_URL' && readSmppUrl(String(value)).systemId.startsWith(DEVELOPMENT_SYSTEM_ID)) {
      throw new EnvironmentError('SMSC_URL leads to the stand-in of a message centre. Set that of a real one.')
    }
    if (typeof value === 'string' && value.startsWith(DEVELOPMENT_SECRET_PREFIX)) {
      throw new EnvironmentError(`${name} holds a development secret. Agree on a real one: openssl rand -hex 32`)
    }
    if (Array.isArray(value) && value.some((secret) => String(secret).startsWith(DEVELOPMENT_SECRET_PREFIX))) {
      throw new EnvironmentError(`${name} holds a development secret. Make real ones: npm run cabinet -- keys`)
    }
  }
}
