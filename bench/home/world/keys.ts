import type { JSONWebKeySet } from 'jose'
import { generatePrivateKey, publicKeys } from '../../../platform/identity/keys.ts'

/** Who signs what in the bench; made anew for each run. */
export interface Keys {
  /** Signs access tokens. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly gatewayKeys: JSONWebKeySet
  readonly linkedNumbersKeys: JSONWebKeySet
  /** What subgraphs verify internal identities with. */
  readonly internalJwks: JSONWebKeySet
}

export async function createKeys(): Promise<Keys> {
  const keySet = async (owner: string) => ({ keys: [await generatePrivateKey(`bench.${owner}.1`)] })
  const gatewayKeys = await keySet('gateway')
  const linkedNumbersKeys = await keySet('linked-numbers')
  return {
    accessTokenKeys: await keySet('accounts'),
    gatewayKeys,
    linkedNumbersKeys,
    internalJwks: { keys: [...publicKeys(gatewayKeys).keys, ...publicKeys(linkedNumbersKeys).keys] },
  }
}
