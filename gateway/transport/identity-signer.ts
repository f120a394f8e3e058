import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock.ts'
import { INTERNAL_TOKEN_TTL_SECONDS, signInternalToken } from '../../platform/identity/internal-token.ts'
import type { SigningKey } from '../../platform/identity/keys.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'

export interface IdentitySignerOptions {
  readonly signer: SigningKey
  readonly audience: string
  readonly clock: Clock
}

const TOKENS_MAX = 10_000
const REUSE_MS = (INTERNAL_TOKEN_TTL_SECONDS * 1000) / 3

/** Signs who asks, for one subgraph. A signature is used again for some seconds: it costs more than the request. */
export function createIdentitySigner({ signer, audience, clock }: IdentitySignerOptions) {
  const tokens = new LRUCache<string, { readonly token: Promise<string>; readonly reuseUntil: number }>({
    max: TOKENS_MAX,
  })
  return (viewer: Viewer): Promise<string> => {
    const key = JSON.stringify([viewer.principal, viewer.language, viewer.client])
    const now = clock.now().getTime()
    const known = tokens.get(key)
    if (known && known.reuseUntil > now) return known.token
    const { principal, language, client } = viewer
    const token = signInternalToken({ issuer: 'gateway', principal, language, client }, audience, signer, clock)
    tokens.set(key, { token, reuseUntil: now + REUSE_MS })
    return token
  }
}
