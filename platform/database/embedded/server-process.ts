import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { CHILD_ENVIRONMENT } from './child-environment.ts'
import { lockFile, readPostmaster } from './postmaster.ts'
import { createLog, type StartOutcome } from './server-log.ts'
import type { Site } from './site.ts'
import { WATCHDOG } from './watchdog.ts'

const POLL_INTERVAL_MS = 10
const FAST_SHUTDOWN_MS = 10_000
const REMOVAL_TRIES_MAX = 20

export interface ServerProcess {
  /** To be awaited once, before anything else. */
  untilReady(): Promise<StartOutcome>
  /** Fast shutdown: open transactions are rolled back. Resolves when process and folders are gone. */
  stop(): Promise<void>
}

export interface ServerOptions {
  readonly settings: Readonly<Record<string, string>>
  /** Removed when the server has ended, whoever ended it. */
  readonly foldersToRemove: readonly string[]
}

/**
 * Starts PostgreSQL under its watchdog, in a session of its own: Ctrl-C in the terminal reaches us, not the
 * server, so requests under way can be finished first. It does not keep our event loop alive.
 */
export function spawnServer(site: Site, { settings, foldersToRemove }: ServerOptions): ServerProcess {
  const settingFlags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const folders = foldersToRemove.join('\n')
  const server = [site.binaries.postgres, '-D', site.dataDirectory, ...settingFlags]
  const log = createLog(site)
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'sh', lockFile(site.dataDirectory), folders, ...server], {
    ...site.user,
    cwd: '/',
    env: CHILD_ENVIRONMENT,
    detached: true,
    stdio: ['pipe', log.writer, log.writer],
  })
  closeSync(log.writer)
  const ended = new Promise<void>((resolve, reject) => child.once('exit', () => resolve()).once('error', reject))
  ended.catch(() => undefined) // a failure to spawn is reported by whoever waits
  letLoopEnd(child)
  return {
    untilReady: async () => log.settle(await untilReady(child, ended, site.dataDirectory)),
    stop: () => stop(child, ended, foldersToRemove),
  }
}

function letLoopEnd(child: ChildProcess): void {
  child.unref()
  ;(child.stdin as Socket).unref()
  child.stdin?.on('error', () => undefined) // the watcher went first
}

/** False when the server ended instead. */
async function untilReady(child: ChildProcess, ended: Promise<void>, dataDirectory: string): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    const postmaster = readPostmaster(dataDirectory)
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return true
    await Promise.race([sleep(POLL_INTERVAL_MS), ended])
  }
  return false
}

async function stop(child: ChildProcess, ended: Promise<void>, folders: readonly string[]): Promise<void> {
  child.ref()
  child.kill('SIGINT')
  const impatience = setTimeout(() => child.kill('SIGQUIT'), FAST_SHUTDOWN_MS)
  await ended
  clearTimeout(impatience)
  await Promise.all(folders.map(removeFolder))
}

/** The watcher removes it too, at the same moment, so one pass may stumble; we do it to be able to promise it. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 0; existsSync(folder) && tries < REMOVAL_TRIES_MAX; tries++) {
    await rm(folder, { recursive: true, force: true }).catch(() => sleep(POLL_INTERVAL_MS))
  }
}
