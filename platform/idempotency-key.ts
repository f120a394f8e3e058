import { createHash } from 'node:crypto'

/** Tells bodies apart without keeping them twice. */
export function hashBody(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
/** What a client makes a key of: long enough to be its own, short enough to be kept. */
const LENGTH_MAX = 100

/** Whether a key can be kept as it is: PostgreSQL has no text with a zero character. */
export function isIdempotencyKey(key: string): boolean {
  return key.length > 0 && key.length <= LENGTH_MAX && !key.includes('\0')
}
