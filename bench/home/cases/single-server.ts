import type { ServerOptions } from '../servers/server-options.ts'
import type { World } from '../world/world.ts'
import type { RunningCase, StartOptions } from './case.ts'
import { freePort, startServer } from './process.ts'

/** A case that is one process over the database. */
export async function startSingleServer(
  name: string,
  file: string,
  world: World,
  { nodeOptions }: Pick<StartOptions, 'nodeOptions'>,
): Promise<RunningCase> {
  const options: ServerOptions = {
    port: await freePort(),
    accessTokenKeys: world.keys.accessTokenKeys,
    databaseUrl: world.databaseUrl(name),
    subgraphDatabaseUrls: world.subgraphDatabaseUrls(name),
  }
  const front = await startServer({ file, port: options.port, arguments: [JSON.stringify(options)], nodeOptions })
  return { front, processes: [front], databaseOwner: name }
}
