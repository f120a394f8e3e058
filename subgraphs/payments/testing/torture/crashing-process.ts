import { writeSync } from 'node:fs'
import pg from 'pg'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import type { Tables } from '../../store/tables.ts'
import { SOUND_PARTS } from '../model/world.ts'
import { POINTS, type Point } from './points.ts'
import { type Request, send } from './requests.ts'

/** A process of its own that sends one request and is killed, as by `kill -9`, at a point of it. */
export interface CrashArguments {
  readonly url: string
  readonly point: Point
  readonly request: Request
}

const { url, point, request } = JSON.parse(process.argv[2] ?? '') as CrashArguments
dieAt(point)
const db = connectDatabase<Tables>({ url, poolSizeMax: 1, logger: silentLogger })
const world = { db, clock: systemClock, newId: createNewId(systemClock), parts: SOUND_PARTS }
await send(world, request)
// Told only when the answer is out.
writeSync(1, 'answered\n')
await db.destroy()

function dieAt(name: Point): void {
  const { when, statement } = POINTS[name]
  const die = () => process.kill(process.pid, 'SIGKILL')
  const query = pg.Client.prototype.query as (...args: unknown[]) => Promise<unknown>
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [config] = args
    const text = typeof config === 'string' ? config : (config as { text: string }).text
    const isThere = statement.test(text.trim())
    if (isThere && when === 'before') die()
    const result = query.apply(this, args)
    return isThere ? result.then(die) : result
  } as typeof pg.Client.prototype.query
}
