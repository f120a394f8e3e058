import { randomBytes, randomInt } from 'node:crypto'

/** The only source of chance beside ids: unguessable in production, repeatable in a test. */
export interface Randomness {
  bytes(count: number): Buffer
  /** A whole number from 0 up to, not including, the limit; each as likely as another. */
  below(limit: number): number
}

export const systemRandomness: Randomness = {
  bytes: (count) => randomBytes(count),
  below: (limit) => randomInt(limit),
}
