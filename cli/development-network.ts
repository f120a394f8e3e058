import type { CliEnvironment } from '../platform/environment.ts'
import { publicKeys } from '../platform/identity/keys.ts'
import { developmentElementKeys } from './development-keys.ts'
import type { NetworkElement } from './one-process.ts'
import { stateDirectory } from './project.ts'

const OWN_ADDRESSES = ['127.0.0.1', '::1']

/** The network element that is believed: the operator's, else, in development, the one that `network` starts. */
export async function networkElement(environment: CliEnvironment): Promise<NetworkElement | null> {
  const { NETWORK_ELEMENTS, NETWORK_ELEMENT_JWKS, NODE_ENV } = environment
  if (NETWORK_ELEMENT_JWKS) return { peers: NETWORK_ELEMENTS, keys: NETWORK_ELEMENT_JWKS }
  if (NODE_ENV === 'production') return null
  return { peers: OWN_ADDRESSES, keys: publicKeys(await developmentElementKeys(stateDirectory(environment))) }
}
