import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { isDatabaseAway } from '../../../../platform/database/is-away.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import type { Tables } from '../../store/tables.ts'
import { effectsOf, REQUEST_KINDS, type Request, send } from './requests.ts'
import { inParallel, noteError, openLines, type TortureReport, type TortureWorld } from './torture.ts'

/** A PostgreSQL that can be killed and started again. */
export interface MortalDatabase {
  /** Where it is now: elsewhere after each start. */
  url(): string
  /** As by `kill -9`; serves again when this resolves. */
  killAndRestart(): Promise<void>
}

export interface DatabaseKillsOptions {
  readonly database: MortalDatabase
  readonly kills: number
  /** How many requests between two kills. */
  readonly requests: number
  readonly clients: number
}

const MONEY = 100_000_000n
const LINES = 6

/** PostgreSQL dies under load: what was acknowledged is there, and what was not is done once when it is sent again. */
export async function tortureDatabaseKills(
  world: Omit<TortureWorld, 'db'>,
  { database, kills, requests, clients }: DatabaseKillsOptions,
): Promise<TortureReport> {
  const problems: string[] = []
  const connection = new Connection(database)
  const lines = await openLines(
    { ...world, db: connection.db },
    Array.from({ length: LINES }, () => MONEY),
  )
  const count = kills * requests
  let answered = 0
  let interrupted = 0
  let killed = 0
  let slowestMs = 0
  const acknowledged: Request[] = []

  await inParallel({ count, atOnce: clients, onDone: world.onDone }, async (number) => {
    const lineId = lines[number % LINES] ?? ''
    const kind = REQUEST_KINDS[number % REQUEST_KINDS.length] ?? 'charge'
    const request = { kind, lineId, otherLineId: lines[(number + 1) % LINES] ?? '', key: world.newId() }
    if (kind === 'capture') interrupted += await insist(request, 'reserve')
    interrupted += await insist(request, kind)
    acknowledged.push(request)
    answered++
    // In the middle of the others' work.
    if (killed < kills && answered >= (killed + 0.5) * requests) {
      killed++
      const startedAt = performance.now()
      await connection.replaceBy(() => database.killAndRestart())
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
    }
  })

  /** Sends a request until it is answered, as a client does whose answers get lost. Returns how often it was cut off. */
  async function insist(request: Request, kind: Request['kind']): Promise<number> {
    for (let cuts = 0; ; cuts++) {
      try {
        await send({ ...world, db: connection.db }, { ...request, kind })
        return cuts
      } catch (error) {
        if (!isCut(error)) {
          noteError(problems, error)
          return cuts
        }
        await sleep(20)
      }
    }
  }

  for (const request of acknowledged) {
    const effects = await effectsOf(connection, request)
    if (effects !== 1) problems.push(`the request ${request.kind} was acknowledged and has ${effects} effects`)
  }
  await connection.close()
  return {
    name: 'killed database',
    problems,
    figures: { kills: killed, requests: count, interrupted, slowestRestartMs: Math.round(slowestMs) },
  }
}

/** A pool that was closed under a client is one more way of being cut off. */
function isCut(error: unknown): boolean {
  return isDatabaseAway(error) || /Cannot use a pool after|driver has already been destroyed/.test(String(error))
}

/** The pool of the moment. */
class Connection {
  db: Kysely<Tables>
  readonly #database: MortalDatabase

  constructor(database: MortalDatabase) {
    this.#database = database
    this.db = this.#open()
  }

  #open(): Kysely<Tables> {
    return connectDatabase<Tables>({ url: this.#database.url(), poolSizeMax: 16, logger: silentLogger })
  }

  async replaceBy(restart: () => Promise<void>): Promise<void> {
    await restart()
    const old = this.db
    this.db = this.#open()
    void old.destroy().catch(() => undefined)
  }

  async close(): Promise<void> {
    await this.db.destroy()
  }
}
