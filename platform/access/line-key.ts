import type { Grant } from './grant.ts'

/** A line to be read for a viewer: which, and the grant that decides whether it is there at all. */
export interface LineKey extends Grant {
  readonly lineId: string
}

/** Two keys with the same text read the same row for the same viewer. */
export function lineKeyText(key: LineKey): string {
  return `${key.lineId} ${key.accountId} ${key.rights}`
}

/** The values of a statement that begins with `allowedLines`. */
export interface LineKeyValues {
  readonly lineIds: readonly string[]
  readonly accountIds: readonly (string | null)[]
  readonly rights: readonly number[]
  readonly now: Date
}

/** The keys as the columns of `unnest`, in the order in which the rows name them. */
export function toLineKeyValues(keys: readonly LineKey[], now: Date): LineKeyValues {
  return {
    lineIds: keys.map((key) => key.lineId),
    accountIds: keys.map((key) => key.accountId),
    rights: keys.map((key) => key.rights),
    now,
  }
}
