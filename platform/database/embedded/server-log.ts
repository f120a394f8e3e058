import { closeSync, fchownSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Site } from './site.ts'

export type StartOutcome = { readonly kind: 'ready' } | { readonly kind: 'ended'; readonly log: string }

export interface ServerLog {
  /** For the server's output; to be closed on our side once the server has it. */
  readonly writer: number
  /** Keeps the log of a server that got ready; of one that did not, hands over what it said. */
  settle(isReady: boolean): StartOutcome
}

let logCount = 0

/**
 * The log lies beside the data because it may quote them. While a server starts, its log has a name of its
 * own: of two that start at once one fails, and must not write over the other's. Read through a descriptor
 * opened early, because the watchdog may remove the folder as soon as the server has failed.
 */
export function createLog({ dataDirectory, user }: Site): ServerLog {
  const log = path.join(dataDirectory, 'server.log')
  const unsettled = `${log}.${process.pid}-${++logCount}`
  const writer = openSync(unsettled, 'w', 0o600)
  if (user) fchownSync(writer, user.uid, user.gid)
  const reader = openSync(unsettled, 'r')
  return { writer, settle: (isReady) => (isReady ? keep(reader, unsettled, log) : handOver(reader, unsettled)) }
}

function keep(reader: number, unsettled: string, log: string): StartOutcome {
  closeSync(reader)
  renameSync(unsettled, log)
  return { kind: 'ready' }
}

function handOver(reader: number, unsettled: string): StartOutcome {
  const log = readFileSync(reader, 'utf8').trim()
  closeSync(reader)
  rmSync(unsettled, { force: true })
  return { kind: 'ended', log }
}
