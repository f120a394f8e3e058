import path from 'node:path'
import { createPool } from '../platform/database/connect.ts'
import { startCluster } from '../platform/database/embedded/cluster.ts'
import { subgraphLogins } from '../platform/database/subgraph-logins.ts'
import type { CliEnvironment, Variables } from '../platform/environment.ts'
import { type Logger, silentLogger } from '../platform/logger.ts'
import { mapSubgraphs, roleName, type SubgraphName } from '../platform/subgraph/name.ts'
import { migrateAll } from './migrations.ts'
import { stateDirectory } from './project.ts'

/** The database that the commands work on: named by `DATABASE_URL`, else one of our own in the project's folder. */
export interface CabinetDatabase {
  /** As the owner of the tables. */
  readonly adminUrl: string
  /** As each subgraph's own login role. */
  readonly urls: Readonly<Record<SubgraphName, string>>
  /** What to call it on a screen: no password in it. */
  readonly label: string
  stop(): Promise<void>
}

export interface OpenDatabaseOptions {
  readonly environment: CliEnvironment
  readonly variables: Variables
  readonly onProgress: (line: string) => void
}

const DATABASE = 'cabinet'
const APPLICATION_SETTINGS = { max_connections: '100', shared_buffers: '256MB', max_wal_size: '2GB' }

/** Opens the database and brings its tables up to date. */
export async function openDatabase(options: OpenDatabaseOptions): Promise<CabinetDatabase> {
  const { DATABASE_URL } = options.environment
  return DATABASE_URL === undefined ? openEmbedded(options) : openServer(DATABASE_URL, options)
}

async function openServer(adminUrl: string, { variables }: OpenDatabaseOptions): Promise<CabinetDatabase> {
  const logins = subgraphLogins(adminUrl, variables)
  await migrateAll({ adminUrl, passwords: mapSubgraphs((name) => logins[name].password), logger: silentLogger })
  const { host, pathname } = new URL(adminUrl)
  return {
    adminUrl,
    urls: mapSubgraphs((name) => logins[name].url),
    label: `${host}${pathname}`,
    stop: async () => undefined,
  }
}

async function openEmbedded({ environment, variables, onProgress }: OpenDatabaseOptions): Promise<CabinetDatabase> {
  const cluster = await startCluster({
    dataDirectory: path.join(stateDirectory(environment), 'postgres'),
    isDurable: true,
    settings: APPLICATION_SETTINGS,
    onProgress,
    searchPath: variables['PATH'] ?? '',
  })
  if (!cluster.isOwner) onProgress('the database runs already: another command started it, and it stops with that one')
  try {
    await ensureDatabase(cluster.url('postgres'), silentLogger)
    const adminUrl = cluster.url(DATABASE)
    await migrateAll({ adminUrl, passwords: mapSubgraphs(() => null), logger: silentLogger })
    return {
      adminUrl,
      urls: mapSubgraphs((name) => cluster.url(DATABASE, roleName(name))),
      label: `embedded PostgreSQL in ${cluster.dataDirectory}`,
      stop: () => cluster.stop(),
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function ensureDatabase(url: string, logger: Logger): Promise<void> {
  const pool = createPool({ url, poolSizeMax: 1, logger })
  try {
    await pool.query(`create database ${DATABASE}`)
  } catch (error) {
    if (!ALREADY_THERE.has(String((error as { code?: unknown }).code))) throw error
  } finally {
    await pool.end()
  }
}

/** `duplicate_database`, and `unique_violation` where another process makes it at this moment. */
const ALREADY_THERE = new Set(['42P04', '23505'])
