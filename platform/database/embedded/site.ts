import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import path from 'node:path'
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts'
import { copyBinaries, dataRefuge, isOwnRefuge, openRefuge } from './refuge.ts'
import { canEnter, chooseServerUser, type ServerUser } from './server-user.ts'

/** What runs, as whom, and where its data are: settled before anything is started. */
export interface Site {
  readonly binaries: PostgresBinaries
  readonly user: ServerUser | null
  readonly dataDirectory: string
}

export interface SiteRequest {
  readonly dataDirectory: string
  /** Found by default: the embedded package, else the system's. */
  readonly binaries?: PostgresBinaries
  /** PATH, for the search of a system installation. */
  readonly searchPath?: string
  readonly onProgress?: (line: string) => void
}

export async function prepareSite(request: SiteRequest): Promise<Site> {
  const binaries = request.binaries ?? findPostgresBinaries(request.searchPath)
  if (binaries === null) {
    throw new Error(
      'No PostgreSQL was found. Run `npm ci` without --omit=optional, or install PostgreSQL 15 or later, ' +
        'or set DATABASE_URL to a server of your own.',
    )
  }
  const report = request.onProgress ?? (() => undefined)
  const place = placeData(canonicalPath(request.dataDirectory), report)
  return { ...place, binaries: await placeBinaries(binaries, place.user, report) }
}

/** One name for one folder, whatever links lead to it: the name is hashed and compared with running servers. */
function canonicalPath(dataDirectory: string): string {
  const { dir, base } = path.parse(path.resolve(dataDirectory))
  mkdirSync(dir, { recursive: true })
  const located = path.join(realpathSync(dir), base)
  return existsSync(located) ? realpathSync(located) : located
}

function placeData(wanted: string, report: (line: string) => void): Omit<Site, 'binaries'> {
  const user = chooseServerUser(wanted)
  if (user === null) return { dataDirectory: wanted, user }
  const refuge = dataRefuge(wanted)
  const isHere = holdsCluster(wanted) || !(isOwnRefuge(path.dirname(refuge)) && holdsCluster(refuge))
  if (isHere && canEnter(user, path.dirname(wanted))) return { dataDirectory: wanted, user }
  if (holdsCluster(wanted)) throw new Error(closedFolderMessage(wanted, user, refuge))
  openRefuge(path.dirname(refuge))
  report(`PostgreSQL runs as uid ${user.uid}, which cannot enter ${path.dirname(wanted)}: the data are in ${refuge}`)
  return { dataDirectory: refuge, user: chooseServerUser(refuge) }
}

export function holdsCluster(folder: string): boolean {
  return existsSync(path.join(folder, 'PG_VERSION'))
}

function closedFolderMessage(folder: string, user: ServerUser, refuge: string): string {
  return (
    `PostgreSQL does not run as root, and uid ${user.uid} cannot enter ${path.dirname(folder)}, where the data are. ` +
    `Open that folder (chmod o+x, and those above it), or move ${folder} to ${refuge}.`
  )
}

async function placeBinaries(
  binaries: PostgresBinaries,
  user: ServerUser | null,
  report: (line: string) => void,
): Promise<PostgresBinaries> {
  const { embeddedHome } = binaries
  if (user === null || embeddedHome === null || canEnter(user, path.join(embeddedHome, 'bin'))) return binaries
  const copy = await copyBinaries(binaries, embeddedHome)
  report(`PostgreSQL runs as uid ${user.uid}, which cannot enter ${embeddedHome}: a copy runs in ${copy.embeddedHome}`)
  return copy
}
