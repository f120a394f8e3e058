import { createHash } from 'node:crypto'

/** Tells bodies apart without keeping them twice. */
export function hashBody(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
