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

/** Who signs people in: only there does it matter whose telephone a request came from, and nobody else is told. */
const NETWORK_AUDIENCE = 'accounts'

/** Signs who asks, for one subgraph. A signature is used again for some seconds: it costs more than the request. */
export function createIdentitySigner({ signer, audience, clock }: IdentitySignerOptions) {
  const tokens = new LRUCache<string, { readonly token: Promise<string>; readonly reuseUntil: number }>({
    max: TOKENS_MAX,
  })
  const sign = ({ principal, language, client }: Viewer): Promise<string> =>
    signInternalToken({ issuer: 'gateway', principal, language, client }, audience, signer, clock)

  return (asker: Viewer): Promise<string> => {
    const viewer = audience === NETWORK_AUDIENCE ? asker : withoutNetwork(asker)
    // What the network said counts for one request: a signature over it serves no other.
    if (viewer.client.network !== null) return sign(viewer)
    const key = JSON.stringify([viewer.principal, viewer.language, viewer.client])
    const now = clock.now().getTime()
    const known = tokens.get(key)
    if (known && known.reuseUntil > now) return known.token
    const token = sign(viewer)
    tokens.set(key, { token, reuseUntil: now + REUSE_MS })
    return token
  }
}

function withoutNetwork(viewer: Viewer): Viewer {
  return viewer.client.network === null ? viewer : { ...viewer, client: { ...viewer.client, network: null } }
}
