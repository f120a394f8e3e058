import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { SupergraphManager } from '@apollo/gateway'
import type { Logger } from '../platform/logger.ts'

export interface SupergraphFileOptions {
  readonly path: string
  readonly logger: Logger
  readonly pollIntervalMs?: number
}

const POLL_INTERVAL_MS = 1_000

/** Serves a supergraph from a file and takes a new one when the file changes; one that does not load changes nothing. */
export function createSupergraphFile({ path, logger, pollIntervalMs }: SupergraphFileOptions): SupergraphManager {
  return {
    async initialize({ update }) {
      // Polling sees what change events miss: a file that is replaced, or mounted from elsewhere.
      const reload = () => void reloadSupergraph(path, update, logger)
      watchFile(path, { interval: pollIntervalMs ?? POLL_INTERVAL_MS, persistent: false }, reload)
      return {
        supergraphSdl: await readFile(path, 'utf8'),
        cleanup: async () => unwatchFile(path, reload),
      }
    },
  }
}

async function reloadSupergraph(path: string, update: (sdl: string) => void, logger: Logger): Promise<void> {
  try {
    update(await readFile(path, 'utf8'))
    logger.info({ path }, 'the new supergraph is in force')
  } catch (error) {
    logger.error({ err: error, path }, 'the new supergraph does not load; the old one stays in force')
  }
}
