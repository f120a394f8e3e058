import type { World } from '../world/world.ts'
import type { BenchCase, RunningSubgraphs, StartOptions } from './case.ts'
import { freePort, startServer } from './process.ts'
import { UNBATCHED } from './unbatched.ts'

export const manyCase: BenchCase = {
  name: 'many',
  title: 'Cabinet, five processes',
  async start(world, options) {
    const subgraphs = await options.subgraphs()
    const front = await startGateway(world, subgraphs, options)
    return { front, processes: [front, ...subgraphs.processes], databaseOwner: subgraphs.databaseOwner }
  },
}

export const manyUnbatchedCase: BenchCase = {
  name: 'many-unbatched',
  title: 'Cabinet, five processes, unbatched',
  async start(world, options) {
    const subgraphs = await options.unbatchedSubgraphs()
    const nodeOptions = [...options.nodeOptions, ...UNBATCHED]
    const front = await startGateway(world, subgraphs, { ...options, nodeOptions })
    return { front, processes: [front, ...subgraphs.processes], databaseOwner: subgraphs.databaseOwner }
  },
}

const PLENTY = '1000000000000'

/** The product's own gateway, by its own entry point. */
async function startGateway({ keys }: World, { urls }: RunningSubgraphs, { nodeOptions }: StartOptions) {
  const port = await freePort()
  const accountsUrl = urls['accounts'] ?? ''
  return startServer({
    file: 'gateway/main.ts',
    port,
    nodeOptions,
    variables: {
      PORT: String(port),
      ACCOUNTS_URL: accountsUrl,
      LINKED_NUMBERS_URL: urls['linked-numbers'] ?? '',
      PRODUCTS_URL: urls['products'] ?? '',
      PAYMENTS_URL: urls['payments'] ?? '',
      ACCESS_TOKEN_JWKS_URL: new URL('/.well-known/jwks.json', accountsUrl).href,
      INTERNAL_KEYS: JSON.stringify(keys.gatewayKeys),
      // Counted as in a deployment; but a few hundred people who ask all the time from one address would be sent away.
      VIEWER_COST_PER_MINUTE: PLENTY,
      ADDRESS_COST_PER_MINUTE: PLENTY,
    },
  })
}
