import { createHash } from 'node:crypto'

/**
 * A number from 0 up to 1 for each thing that is asked about, the same whenever and in whatever order: what comes out
 * of a simulation must not hang on which of two lines was worked on first.
 */
export type Chance = (...about: readonly (string | number)[]) => number

const LIMIT = 2 ** 32

export function createChance(seed: number): Chance {
  return (...about) => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, ...about]))
      .digest()
    return digest.readUInt32BE() / LIMIT
  }
}
