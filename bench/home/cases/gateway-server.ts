import type { ServerOptions } from '../servers/server-options.ts'
import type { World } from '../world/world.ts'
import type { RunningCase, StartOptions } from './case.ts'
import { freePort, startServer } from './process.ts'

/** A case that puts somebody else's gateway before the product's subgraph processes. */
export async function startGatewayServer(
  file: string,
  world: World,
  nodeOptions: readonly string[],
  startSubgraphs: StartOptions['subgraphs'],
): Promise<RunningCase> {
  const subgraphs = await startSubgraphs()
  const serverOptions: ServerOptions = {
    port: await freePort(),
    accessTokenKeys: world.keys.accessTokenKeys,
    gatewayKeys: world.keys.gatewayKeys,
    subgraphUrls: subgraphs.urls,
  }
  const front = await startServer({
    file,
    port: serverOptions.port,
    arguments: [JSON.stringify(serverOptions)],
    nodeOptions,
  })
  return { front, processes: [front, ...subgraphs.processes], databaseOwner: subgraphs.databaseOwner }
}
