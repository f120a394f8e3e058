import { createHash } from 'node:crypto'

/** What a client makes a key of: long enough to be its own, short enough to be kept. */
const KEY_LENGTH_MAX = 100

export function isIdempotencyKey(key: string): boolean {
  return key.length > 0 && key.length <= KEY_LENGTH_MAX && !key.includes('\0')
}

/** Tells bodies apart without keeping them twice. */
export function hashBody(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
