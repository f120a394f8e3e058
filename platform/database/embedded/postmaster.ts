import { spawnSync } from 'node:child_process'
import { linkSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { isProcessAlive } from './process-life.ts'
import { isOwnerGone } from './socket-folder.ts'

/** What a data directory's postmaster.pid says of the server that serves it, or did before it crashed. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly socketDirectory: string
  /** 'starting' covers crash recovery. */
  readonly status: 'starting' | 'ready' | 'stopping'
}

/** Null without a file, or with one that is being written. */
export function readPostmaster(dataDirectory: string): Postmaster | null {
  const [pid, , , port, socketDirectory, , , status] = readLockFile(lockFile(dataDirectory))?.split('\n') ?? []
  if (!pid) return null
  const base = { pid: Number(pid), port: Number(port), socketDirectory: socketDirectory ?? '' }
  const word = status?.trim()
  return { ...base, status: word === 'ready' || word === 'stopping' ? word : 'starting' }
}

export function lockFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'postmaster.pid')
}

function readLockFile(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Who, if anybody, has the data directory. A stranger is another program that got a crashed server's id. */
export type Incumbent =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'ready' | 'busy' | 'orphan' | 'stranger'; readonly postmaster: Postmaster }

export function findIncumbent(dataDirectory: string): Incumbent {
  const postmaster = readPostmaster(dataDirectory)
  if (!postmaster || !isProcessAlive(postmaster.pid)) return { kind: 'nobody' }
  if (!isServing(postmaster, dataDirectory)) return { kind: 'stranger', postmaster }
  if (isOwnerGone(postmaster.socketDirectory)) return { kind: 'orphan', postmaster }
  return { kind: postmaster.status === 'ready' ? 'ready' : 'busy', postmaster }
}

function isServing({ pid }: Postmaster, dataDirectory: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory // the postmaster works in its data directory
  } catch {
    return commandOf(pid).includes(dataDirectory) // no /proc, or root in a container, who may not look there
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return spawnSync('/bin/ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? ''
  }
}

/**
 * Removes the lock file of a crashed server whose process id a stranger has now. PostgreSQL sees a live
 * process and would refuse to start for ever; in containers, where few ids go round, this is common.
 * Renamed before it goes: if a rival start replaced it meanwhile, the rival gets its own file back.
 */
export function discardLockFile(dataDirectory: string, stale: Postmaster): void {
  const file = lockFile(dataDirectory)
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
    if (readPidOf(aside) !== stale.pid) linkSync(aside, file)
    rmSync(aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // a rival discarded it first
  }
}

function readPidOf(file: string): number {
  return Number.parseInt(readFileSync(file, 'utf8'), 10)
}
