import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { PostgresBinaries } from './binaries.ts'

/** Survives a reboot, unlike /tmp on many systems. */
const REFUGE_ROOT = existsSync('/var/tmp') ? '/var/tmp' : tmpdir()

/** Eight hex digits that stand for a path: short, because a socket's path may hold 107 bytes in all. */
export function pathHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

/**
 * Where root keeps what the server's user must reach, when the project lies in a closed folder such as /root.
 * Named by the wanted path, so the next start finds it again.
 */
export function dataRefuge(wanted: string): string {
  return path.join(REFUGE_ROOT, `cabinet-data-${pathHash(wanted)}`, 'data')
}

/** True when root made this refuge: the root folder is open to all, so a name alone proves nothing. */
export function isOwnRefuge(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0
}

/** Makes the folder, or takes it over from an earlier start. Throws when somebody else made it. */
export function openRefuge(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  if (!isOwnRefuge(folder)) {
    throw new Error(`${folder} is needed, but another user made it. Look at it, move it away, and start again.`)
  }
  chmodSync(folder, 0o755) // mkdir's mode passed through the umask
}

/** A copy of the embedded package that every user can run; made once for each installed version. */
export async function copyBinaries(binaries: PostgresBinaries, home: string): Promise<PostgresBinaries> {
  const { mtimeMs, size } = statSync(binaries.postgres)
  const refuge = path.join(REFUGE_ROOT, `cabinet-postgres-${pathHash(`${home} ${mtimeMs} ${size}`)}`)
  openRefuge(refuge)
  const copy = path.join(refuge, 'native')
  if (!existsSync(copy)) await copyThenRename(home, copy)
  const bin = path.join(copy, 'bin')
  return { ...binaries, postgres: path.join(bin, 'postgres'), initdb: path.join(bin, 'initdb'), embeddedHome: copy }
}

/** Under a name of its own first, so that a copy killed half-way is never taken for a whole one. */
async function copyThenRename(source: string, target: string): Promise<void> {
  const partial = `${target}.new-${process.pid}`
  await cp(realpathSync(source), partial, { recursive: true, verbatimSymlinks: true, filter: isNeededToRun })
  letEveryoneRead(partial)
  try {
    renameSync(partial, target)
  } catch {
    rmSync(partial, { recursive: true }) // another start was faster; its copy is as good
  }
}

/** An installation made under a strict umask is closed to the server in its copy too. */
function letEveryoneRead(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue
    const file = path.join(entry.parentPath, entry.name)
    const { mode } = statSync(file)
    chmodSync(file, mode | ((mode & 0o500) >> 6)) // what the owner may read and run, so may others
  }
}

function isNeededToRun(file: string): boolean {
  return !file.endsWith('.a') && path.basename(file) !== 'include'
}
