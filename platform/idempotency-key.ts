import { createHash } from 'node:crypto'
import { isStorable } from './text.ts'

/** Tells bodies apart without keeping them twice. */
export function hashBody(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
/** What a client makes a key of: long enough to be its own, short enough to be kept. */
const LENGTH_MAX = 100

/** Whether a key can be kept as it is. */
export function isIdempotencyKey(key: string): boolean {
  return key.length > 0 && isStorable(key, LENGTH_MAX)
}
