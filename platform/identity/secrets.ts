import { hash, hkdfSync } from 'node:crypto'
import { invariant } from '../invariant.ts'

/** Secrets made for development begin with this, and production refuses them. */
export const DEVELOPMENT_SECRET_PREFIX = 'development-'

/** One secret of a process, from which each use gets a key of its own. */
export interface Secret {
  /** Names the secret beside what it was used for, so that it is found again after others came; tells nothing of it. */
  readonly id: string
  /** A key of 32 bytes for one purpose. */
  key(purpose: string): Buffer
}

/** The newest secret, which is used, and the older ones, which are still understood. */
export interface Secrets {
  readonly current: Secret
  find(id: string): Secret | null
}

/** From secrets in the order newest first. */
export function createSecrets(texts: readonly string[]): Secrets {
  const secrets = texts.map(createSecret)
  const [current] = secrets
  invariant(current, 'there is at least one secret')
  return { current, find: (id) => secrets.find((secret) => secret.id === id) ?? null }
}

function createSecret(text: string): Secret {
  const keys = new Map<string, Buffer>()
  return {
    id: hash('sha256', `id of ${text}`, 'base64url').slice(0, 8),
    key(purpose) {
      const key = keys.get(purpose) ?? Buffer.from(hkdfSync('sha256', text, '', purpose, 32))
      keys.set(purpose, key)
      return key
    },
  }
}
