import { setTimeout as sleep } from 'node:timers/promises'
import { ensureDataDirectory, SUPERUSER } from './data-directory.ts'
import { discardLockFile, findIncumbent, type Postmaster } from './postmaster.ts'
import { signalProcess } from './process-life.ts'
import { type ServerProcess, spawnServer } from './server-process.ts'
import { prepareSite, type Site, type SiteRequest } from './site.ts'
import { createSocketFolder, sweepSocketFolders } from './socket-folder.ts'

/** How long another server of the same data may start or stop before we give up. Covers crash recovery. */
const RIVAL_PATIENCE_MS = 60_000
const RIVAL_POLL_INTERVAL_MS = 20
const PORT = 5432

export interface ClusterOptions extends SiteRequest {
  /** False trades the data's safety in a power cut for speed: for throwaway clusters only. */
  readonly isDurable: boolean
  /** Server settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>
  /** Further folders that go when the server ends, even if we are killed. */
  readonly foldersToRemove?: readonly string[]
}

export interface EmbeddedCluster {
  /** Where the data really are; differs from what was asked when root's server could not reach that. */
  readonly dataDirectory: string
  readonly socketDirectory: string
  /** False when another process started the server; it is then the one that stops it. */
  readonly isOwner: boolean
  /** A connection string for pg, psql and their kin; by default as the superuser. */
  url(database: string, role?: string): string
  /** Stops the server if we own it. Resolves when it is gone; may be called again. */
  stop(): Promise<void>
}

/**
 * A PostgreSQL server for the data directory: attached to if one is running, else started, and created first
 * if the directory is not there. Reachable through a unix socket only. It ends with this process, however
 * this process ends. Throws when the machine will not do it, saying what to do.
 */
export async function startCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  const site = await prepareSite(options)
  await ensureDataDirectory(site, options)
  const patienceEndsAt = performance.now() + RIVAL_PATIENCE_MS
  while (performance.now() < patienceEndsAt) {
    const cluster = await attachOrStart(site, options)
    if (cluster) return cluster
    await sleep(RIVAL_POLL_INTERVAL_MS)
  }
  throw new Error(`Another PostgreSQL keeps ${site.dataDirectory} busy. Its log is server.log in that folder.`)
}

/** Null when it is to be tried again. */
async function attachOrStart(site: Site, options: ClusterOptions): Promise<EmbeddedCluster | null> {
  const incumbent = findIncumbent(site.dataDirectory)
  switch (incumbent.kind) {
    case 'ready':
      return attach(site, incumbent.postmaster)
    case 'busy':
      return null
    case 'orphan': // its watcher stops it too, unless that was killed as well
      signalProcess(incumbent.postmaster.pid, 'SIGINT')
      return null
    case 'stranger':
      discardLockFile(site.dataDirectory, incumbent.postmaster)
      return tryStart(site, options)
    case 'nobody':
      return tryStart(site, options)
  }
}

/** Null when a rival was faster, or what is left of a crashed server has yet to go: both pass by waiting. */
async function tryStart(site: Site, options: ClusterOptions): Promise<EmbeddedCluster | null> {
  const socketDirectory = createSocketFolder(site.dataDirectory, site.user)
  const foldersToRemove = [socketDirectory, ...(options.foldersToRemove ?? [])]
  const server = spawnServer(site, { settings: serverSettings(options, socketDirectory), foldersToRemove })
  const outcome = await server.untilReady()
  if (outcome.kind === 'ready') {
    sweepSocketFolders(site.dataDirectory, site.user, socketDirectory)
    return own(site, socketDirectory, server)
  }
  if (/lock file|shared memory block/.test(outcome.log)) return null
  throw new Error(`PostgreSQL did not start in ${site.dataDirectory}. It said: ${outcome.log}`)
}

function serverSettings({ isDurable, settings }: ClusterOptions, socketDirectory: string): Record<string, string> {
  const speedForSafety = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }
  return {
    ...(isDurable ? {} : speedForSafety),
    ...settings,
    timezone: 'UTC',
    log_timezone: 'UTC',
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: '0700',
  }
}

function own({ dataDirectory }: Site, socketDirectory: string, server: ServerProcess): EmbeddedCluster {
  const url = urlMaker(socketDirectory, PORT)
  return { dataDirectory, socketDirectory, isOwner: true, url, stop: () => server.stop() }
}

function attach({ dataDirectory }: Site, { socketDirectory, port }: Postmaster): EmbeddedCluster {
  const url = urlMaker(socketDirectory, port)
  return { dataDirectory, socketDirectory, isOwner: false, url, stop: async () => undefined }
}

/** The host in the query wins over localhost, which is there because URL parsers want one. */
function urlMaker(socketDirectory: string, port: number): EmbeddedCluster['url'] {
  const socket = new URLSearchParams({ host: socketDirectory, port: String(port) })
  return (database, role = SUPERUSER) =>
    `postgresql://${encodeURIComponent(role)}@localhost/${encodeURIComponent(database)}?${socket}`
}
