import { errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../platform/clock.ts'
import { type FindKey, findKeyAmong } from '../platform/identity/keys.ts'
import type { Logger } from '../platform/logger.ts'

export interface RemoteKeysOptions {
  /** Where accounts publishes the public halves. */
  readonly url: string
  readonly clock: Clock
  readonly logger: Logger
}

/** No keys were ever had, and none can be had now: nothing can be said of any token. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError'
}

const FRESH_MS = 5 * 60_000
const RETRY_MS = 1_000
const TIMEOUT_MS = 2_000

/**
 * Finds the keys of access tokens where accounts publishes them. What was once fetched stays in use while accounts is
 * away, so that nobody is signed out by that; a key that is not known is looked for at once.
 */
export function createRemoteKeys({ url, clock, logger }: RemoteKeysOptions): JWTVerifyGetKey {
  let find: FindKey | null = null
  let fetchedAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let refreshing: Promise<void> | null = null

  async function fetchKeys(): Promise<void> {
    triedAt = clock.now().getTime()
    try {
      find = findKeyAmong(await readKeys(url))
      fetchedAt = triedAt
    } catch (error) {
      logger.warn({ err: error }, 'the keys of access tokens cannot be fetched')
    }
  }

  /** Many requests wait for one fetch, and a fetch that failed is not tried again at once. */
  async function refresh(): Promise<void> {
    if (!refreshing && clock.now().getTime() - triedAt >= RETRY_MS) {
      refreshing = fetchKeys().finally(() => {
        refreshing = null
      })
    }
    await refreshing
  }

  return async (header, token) => {
    if (!find) await refresh()
    else if (clock.now().getTime() - fetchedAt > FRESH_MS) void refresh()
    if (!find) throw new KeysUnavailableError('no keys to check access tokens with')
    try {
      return await find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      await refresh()
      return find(header, token)
    }
  }
}

async function readKeys(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' })
  if (response.status !== 200) throw new Error(`the keys were answered with HTTP status ${response.status}`)
  const keys = (await response.json()) as JSONWebKeySet
  if (!Array.isArray(keys?.keys) || keys.keys.length === 0) throw new Error('the answer holds no keys')
  return keys
}
