import { type CliEnvironment, EnvironmentError } from '../platform/environment.ts'
import { systemRandomness } from '../platform/random.ts'
import { createSimSwapClient } from '../platform/sim-swap/http-client.ts'
import { type SimSwap, unknownSimSwap } from '../platform/sim-swap/sim-swap.ts'
import { developmentUssdKey } from './development-keys.ts'
import { stateDirectory } from './project.ts'
import { startSimSwapStandIn } from './stand-ins/sim-swap/start.ts'

/** The operator's network as one process meets it: the real one, or, in development, one that stands in for it. */
export interface Network {
  readonly simSwap: SimSwap
  /** Null when telephones are not answered over USSD. */
  readonly ussdKey: string | null
  /** The address of the stand-in; null when there is none. */
  readonly standInUrl: string | null
  close(): Promise<void>
}

export async function openNetwork(environment: CliEnvironment): Promise<Network> {
  const { SIM_SWAP_URL: url, SIM_SWAP_TOKEN: token = '', NODE_ENV } = environment
  const ussdKey = await readUssdKey(environment)
  if (url !== undefined || NODE_ENV === 'production') {
    const simSwap = url === undefined ? unknownSimSwap : createSimSwapClient({ url, token })
    return { simSwap, ussdKey, standInUrl: null, close: async () => undefined }
  }
  const standIn = await startSimSwapStandIn()
  return { simSwap: standIn.simSwap, ussdKey, standInUrl: standIn.url, close: standIn.close }
}

/** From the environment, else, in development, one that is made once and kept. */
export async function readUssdKey(environment: CliEnvironment): Promise<string | null> {
  if (environment.USSD_KEY !== undefined) return environment.USSD_KEY
  if (environment.NODE_ENV === 'production') return null
  return developmentUssdKey(stateDirectory(environment), systemRandomness)
}

/** The stand-ins are for development: production has a network of its own. */
export function refuseInProduction({ NODE_ENV }: CliEnvironment, command: string): void {
  if (NODE_ENV === 'production') throw new EnvironmentError(`\`${command}\` is for development.`)
}
