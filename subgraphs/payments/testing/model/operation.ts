import type { World } from './world.ts'

/** What chance has chosen for a step; each operation takes what it needs of it. */
export interface Draw {
  readonly line: number
  readonly other: number
  readonly amount: bigint
  /** Chooses among what was made before. */
  readonly pick: number
}

/** Something that clients do with the ledger: does it, and tells the model what was acknowledged. */
export interface Operation {
  readonly name: string
  readonly run: (world: World, draw: Draw) => Promise<void>
}
