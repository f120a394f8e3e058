import { migrateAll } from '../../../cli/migrations.ts'
import { createPool } from '../../../platform/database/connect.ts'
import type { EmbeddedCluster } from '../../../platform/database/embedded/cluster.ts'
import { startThrowawayCluster } from '../../../platform/database/embedded/throwaway-cluster.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../../../platform/subgraph/name.ts'
import { CROWDS } from './crowd.ts'
import { fillWorld } from './fill.ts'
import { createKeys, type Keys } from './keys.ts'

/** What all cases share: one database with the same people in it, and the keys that tokens are signed with. */
export interface World {
  readonly keys: Keys
  readonly postgresVersion: string
  /** The database for one case; `owner` tells its connections from those of other cases. */
  databaseUrl(owner: string): string
  subgraphDatabaseUrls(owner: string): Record<SubgraphName, string>
  /** The process ids of the server's backends that serve the owner's connections. */
  backends(owner: string): Promise<number[]>
  close(): Promise<void>
}

const DATABASE = 'bench'
/** Vacuuming in the middle of a round would be counted to whoever runs at that moment. */
const SETTINGS = { max_connections: '300', shared_buffers: '256MB', autovacuum: 'off', max_wal_size: '2GB' }

export async function createWorld(): Promise<World> {
  const cluster = await startThrowawayCluster({ settings: SETTINGS })
  const maintenance = createPool({ url: cluster.url('postgres'), poolSizeMax: 1, logger: silentLogger })
  await maintenance.query(`create database ${DATABASE}`)
  await migrateAll({ adminUrl: cluster.url(DATABASE), passwords: mapSubgraphs(() => null), logger: silentLogger })
  await fillWorld(cluster.url(DATABASE), CROWDS)
  const { rows } = await maintenance.query<{ server_version: string }>('show server_version')
  return {
    keys: await createKeys(),
    postgresVersion: rows[0]?.server_version ?? 'unknown',
    databaseUrl: (owner) => withOwner(cluster.url(DATABASE), owner),
    subgraphDatabaseUrls: (owner) => subgraphUrls(cluster, owner),
    async backends(owner) {
      const found = await maintenance.query<{ pid: number }>(
        'select pid from pg_stat_activity where application_name = $1',
        [owner],
      )
      return found.rows.map(({ pid }) => pid)
    },
    async close() {
      await maintenance.end()
      await cluster.stop()
    },
  }
}

function subgraphUrls(cluster: EmbeddedCluster, owner: string): Record<SubgraphName, string> {
  return mapSubgraphs((name) => withOwner(cluster.url(DATABASE, roleName(name)), owner))
}

function withOwner(url: string, owner: string): string {
  const owned = new URL(url)
  owned.searchParams.set('application_name', owner)
  return owned.href
}
