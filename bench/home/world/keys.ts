import type { JSONWebKeySet } from 'jose'
import { generatePrivateKey, publicKeys } from '../../../platform/identity/keys.ts'
import { SUBGRAPH_NAMES, type SubgraphName } from '../../../platform/subgraph/name.ts'

/** Who signs what in the bench; made anew for each run. */
export interface Keys {
  /** Signs access tokens. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly gatewayKeys: JSONWebKeySet
  readonly subgraphKeys: Readonly<Record<SubgraphName, JSONWebKeySet>>
  /** What subgraphs verify internal identities with. */
  readonly internalJwks: JSONWebKeySet
}

export async function createKeys(): Promise<Keys> {
  const keySet = async (owner: string) => ({ keys: [await generatePrivateKey(`bench.${owner}.1`)] })
  const gatewayKeys = await keySet('gateway')
  const owned = await Promise.all(SUBGRAPH_NAMES.map(async (name) => [name, await keySet(name)] as const))
  const subgraphKeys = Object.fromEntries(owned) as Record<SubgraphName, JSONWebKeySet>
  return {
    accessTokenKeys: await keySet('accounts'),
    gatewayKeys,
    subgraphKeys,
    internalJwks: { keys: [gatewayKeys, ...Object.values(subgraphKeys)].flatMap((keys) => publicKeys(keys).keys) },
  }
}
