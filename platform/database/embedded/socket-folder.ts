import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { isProcessAlive } from './process-life.ts'
import { pathHash } from './refuge.ts'
import { canEnter, type ServerUser } from './server-user.ts'

/** The kernel takes 107 bytes (macOS: 103); our folder and PostgreSQL's file name need 41 of them. */
const ROOT_LENGTH_MAX = 60
const OWNER_FILE = 'owner.pid'

/**
 * A folder for the socket that only the server's user (and root) can enter: this is the whole access control.
 * The name starts with the hash of the data directory and ends at random, so that nobody can make it first
 * and two servers of one directory, one going and one coming, never meet in it.
 */
export function createSocketFolder(dataDirectory: string, user: ServerUser | null): string {
  const folder = mkdtempSync(prefixOf(dataDirectory, user)) // 0700
  writeFileSync(path.join(folder, OWNER_FILE), String(process.pid))
  if (user) chownSync(folder, user.uid, user.gid)
  return folder
}

/** True when the process that started the server has died, so that its watcher is about to stop the server. */
export function isOwnerGone(folder: string): boolean {
  const owner = path.join(folder, OWNER_FILE)
  return existsSync(owner) && !isProcessAlive(Number(readFileSync(owner, 'utf8')))
}

/** Removes what crashed servers of this data directory left. Only for the one that serves it now. */
export function sweepSocketFolders(dataDirectory: string, user: ServerUser | null, current: string): void {
  for (const folder of globSync(`${prefixOf(dataDirectory, user)}*`)) {
    if (folder !== current) rmSync(folder, { recursive: true, force: true })
  }
}

function prefixOf(dataDirectory: string, user: ServerUser | null): string {
  return path.join(temporaryRoot(user), `cabinet-pg-${pathHash(dataDirectory)}-`)
}

/** The system's temporary folder, unless its path is too long for a socket or closed to the server. */
export function temporaryRoot(user: ServerUser | null): string {
  const root = tmpdir()
  return root.length <= ROOT_LENGTH_MAX && (user === null || canEnter(user, root)) ? root : '/tmp'
}
