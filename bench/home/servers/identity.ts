import type { JSONWebKeySet } from 'jose'
import { createIdentitySigner } from '../../../gateway/transport/identity-signer.ts'
import { systemClock } from '../../../platform/clock.ts'
import { signingKey } from '../../../platform/identity/keys.ts'
import { type Principal, UNKNOWN_CLIENT, type Viewer } from '../../../platform/identity/viewer.ts'

/** Tells a subgraph who asks, for other gateways than ours: signed as ours does it, and as seldom. */
export async function createIdentities(
  keys: JSONWebKeySet,
): Promise<(subgraph: string, viewer: Viewer) => Promise<string>> {
  const signer = await signingKey(keys)
  const signers = new Map<string, (viewer: Viewer) => Promise<string>>()
  return async (subgraph, viewer) => {
    let sign = signers.get(subgraph)
    if (!sign) {
      sign = createIdentitySigner({ signer, audience: subgraph, clock: systemClock })
      signers.set(subgraph, sign)
    }
    return `Bearer ${await sign(viewer)}`
  }
}

export function viewerOf(principal: Principal): Viewer {
  return { principal, language: 'ru', requestId: 'bench', client: UNKNOWN_CLIENT }
}
