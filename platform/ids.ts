import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'
import type { Clock } from './clock.ts'

/** Makes a new opaque id: UUIDv7, so that rows made together lie together in an index. */
export type NewId = () => string

/** Chance is taken from the system a pool at a time: an id's worth each would be most of the cost of an import. */
export function createNewId(clock: Clock): NewId {
  const pool = new Uint8Array(RANDOM_POOL_BYTES)
  let used = pool.length
  let lastMs = 0
  let sequence = 0
  return () => {
    const nowMs = clock.now().getTime()
    // Ids of one millisecond go up by a counter, so that rows keep the order in which they were made.
    sequence = nowMs === lastMs ? sequence + 1 : 0
    lastMs = nowMs
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    const random = pool.subarray(used, used + RANDOM_BYTES)
    used += RANDOM_BYTES
    return v7({ msecs: nowMs, seq: sequence, random })
  }
}

const RANDOM_BYTES = 16
const RANDOM_POOL_BYTES = 1_024 * RANDOM_BYTES

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id as a client sent it, in lower case; null when it cannot be one of ours, and so names nothing. */
export function parseId(text: string): string | null {
  const id = text.toLowerCase()
  return UUID.test(id) ? id : null
}
