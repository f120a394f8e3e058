import type { JSONWebKeySet } from 'jose'
import { generatePrivateKey, publicKeys } from '../../../platform/identity/keys.ts'

/** Who signs what in the bench; made anew for each run. */
export interface Keys {
  /** Signs access tokens. */
  readonly accessTokenKeys: JSONWebKeySet
  readonly gatewayKeys: JSONWebKeySet
  readonly accountsKeys: JSONWebKeySet
  readonly linkedNumbersKeys: JSONWebKeySet
  /** What subgraphs verify internal identities with. */
  readonly internalJwks: JSONWebKeySet
}

export async function createKeys(): Promise<Keys> {
  const keySet = async (owner: string) => ({ keys: [await generatePrivateKey(`bench.${owner}.1`)] })
  const gatewayKeys = await keySet('gateway')
  const accountsKeys = await keySet('accounts')
  const linkedNumbersKeys = await keySet('linked-numbers')
  return {
    accessTokenKeys: await keySet('accounts'),
    gatewayKeys,
    accountsKeys,
    linkedNumbersKeys,
    internalJwks: { keys: [gatewayKeys, accountsKeys, linkedNumbersKeys].flatMap((keys) => publicKeys(keys).keys) },
  }
}
