import type { EventEmitter } from 'node:events'
import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Logger } from '../platform/logger.ts'
import type { SupergraphSource } from './engine/engine.ts'

export interface SupergraphFileOptions {
  readonly path: string
  readonly logger: Logger
  readonly pollIntervalMs?: number
  /** Where `SIGHUP` asks for the file to be read again: that of this process. */
  readonly signals?: Pick<EventEmitter, 'on' | 'off'> | undefined
}

const POLL_INTERVAL_MS = 1_000

/**
 * Serves a supergraph from a file. A new one is taken when the file changes, or when a signal asks for it; one that does
 * not load changes nothing.
 */
export function createSupergraphFile(options: SupergraphFileOptions): SupergraphSource {
  const { path, logger, pollIntervalMs = POLL_INTERVAL_MS, signals } = options
  return {
    async open(take) {
      const reload = inTurn(() => reloadSupergraph(path, take, logger))
      // Polling sees what change events miss: a file that is replaced, or mounted from elsewhere.
      watchFile(path, { interval: pollIntervalMs, persistent: false }, reload)
      signals?.on('SIGHUP', reload)
      return {
        sdl: await readFile(path, 'utf8'),
        async close() {
          unwatchFile(path, reload)
          signals?.off('SIGHUP', reload)
        },
      }
    },
  }
}

async function reloadSupergraph(path: string, take: (sdl: string) => Promise<void>, logger: Logger): Promise<void> {
  try {
    await take(await readFile(path, 'utf8'))
    logger.info({ path }, 'the new supergraph is in force')
  } catch (error) {
    logger.error({ err: error, path }, 'the new supergraph does not load; the old one stays in force')
  }
}

/** Runs the work once at a time. Who asks meanwhile, however often, has it run once more: it reads what is there then. */
function inTurn(work: () => Promise<void>): () => void {
  let running = false
  let again = false
  return function ask() {
    again = running
    if (running) return
    running = true
    void work().finally(() => {
      running = false
      if (again) ask()
    })
  }
}
