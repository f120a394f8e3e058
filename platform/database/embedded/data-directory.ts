import { execFile } from 'node:child_process'
import {
  chownSync,
  globSync,
  lchownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { isProcessAlive } from './process-life.ts'
import type { ServerUser } from './server-user.ts'
import { holdsCluster, type Site } from './site.ts'

export const SUPERUSER = 'cabinet'

export interface DataDirectoryOptions {
  readonly isDurable: boolean
  readonly onProgress?: (line: string) => void
}

/** Creates the cluster if there is none; throws, touching nothing, when what is there cannot be used. */
export async function ensureDataDirectory(site: Site, options: DataDirectoryOptions): Promise<void> {
  await sweepUnfinished(site.dataDirectory)
  if (!holdsCluster(site.dataDirectory)) await createDataDirectory(site, options)
  requireSameMajorVersion(site)
  requireOwner(site)
}

/** initdb runs in a sibling that is renamed when whole: a folder with our name is never half a cluster. */
async function createDataDirectory(site: Site, { isDurable, onProgress }: DataDirectoryOptions): Promise<void> {
  requireEmpty(site.dataDirectory)
  onProgress?.(`Creating a PostgreSQL ${site.binaries.majorVersion} cluster in ${site.dataDirectory}`)
  const unfinished = mkdtempSync(`${site.dataDirectory}.new-${process.pid}-`)
  try {
    if (site.user) chownSync(unfinished, site.user.uid, site.user.gid)
    await runInitdb(site, unfinished, isDurable)
    renameSync(unfinished, site.dataDirectory)
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true })
    if (!holdsCluster(site.dataDirectory)) throw error // else another start was faster
  }
}

async function runInitdb({ binaries, user }: Site, folder: string, isDurable: boolean): Promise<void> {
  const identity = [`--username=${SUPERUSER}`, '--auth=trust', '--encoding=UTF8', '--no-instructions']
  const flags = [...identity, ...localeFlags(binaries.majorVersion), ...(isDurable ? [] : ['--no-sync'])]
  try {
    const options = { ...user, cwd: '/', env: CHILD_ENVIRONMENT }
    await promisify(execFile)(binaries.initdb, [`--pgdata=${folder}`, ...flags], options)
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? ''
    throw new Error(`initdb failed in ${folder}. It said: ${said.trim()}`, { cause: error })
  }
}

/** Version 17 brought a C.UTF-8 of its own, the same on every system; before it the C library's must do. */
function localeFlags(majorVersion: number): string[] {
  if (majorVersion < 17) return ['--locale=C.UTF-8', '--lc-messages=C']
  return ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
}

/** What a start left that was killed in initdb: named by its process, so that one still at work is let be. */
async function sweepUnfinished(dataDirectory: string): Promise<void> {
  const prefix = `${path.basename(dataDirectory)}.new-`
  for (const name of readdirSync(path.dirname(dataDirectory))) {
    if (!name.startsWith(prefix)) continue
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    if (isProcessAlive(pid)) continue
    // Retried, because the orphaned initdb may go on writing for half a second.
    await rm(path.join(path.dirname(dataDirectory), name), { recursive: true, force: true, maxRetries: 10 })
  }
}

function requireEmpty(dataDirectory: string): void {
  if (!lstatSync(dataDirectory, { throwIfNoEntry: false }) || readdirSync(dataDirectory).length === 0) return
  throw new Error(`${dataDirectory} holds files but no PostgreSQL cluster. Move it away, and start again.`)
}

function requireSameMajorVersion({ binaries, dataDirectory }: Site): void {
  const version = Number.parseInt(readFileSync(path.join(dataDirectory, 'PG_VERSION'), 'utf8'), 10)
  if (version === binaries.majorVersion) return
  throw new Error(
    `${dataDirectory} was written by PostgreSQL ${version}, but this is PostgreSQL ${binaries.majorVersion}. ` +
      'Move the folder away and start again with an empty one; to keep the data, ' +
      `dump them with PostgreSQL ${version} first, and restore them after.`,
  )
}

/** The server must own its data. */
function requireOwner({ dataDirectory, user }: Site): void {
  const owner = statSync(dataDirectory).uid
  if (owner === (user?.uid ?? process.getuid?.())) return
  if (user === null || owner !== 0) {
    throw new Error(`${dataDirectory} belongs to uid ${owner}. Start as that user, or move the folder away.`)
  }
  giveTree(dataDirectory, user) // root copied it with `cp -r`
}

function giveTree(folder: string, { uid, gid }: ServerUser): void {
  for (const name of globSync('**/*', { cwd: folder })) lchownSync(path.join(folder, name), uid, gid)
  chownSync(folder, uid, gid)
}
