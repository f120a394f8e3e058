import fc from 'fast-check'
import type { Kysely } from 'kysely'
import type { NewId } from '../../../../platform/ids.ts'
import type { Tables } from '../../store/tables.ts'
import { OPERATIONS } from './operations.ts'
import { runSequence, type Step } from './run-sequence.ts'
import { type LedgerParts, World } from './world.ts'

export interface SequencesOptions {
  readonly db: Kysely<Tables>
  readonly newId: NewId
  readonly runs: number
  readonly seed: number
  readonly parts?: LedgerParts
  /** Names of the operations that sequences are made of; all of them if left out. */
  readonly only?: readonly string[]
  readonly onRun?: () => void
  /** Whether the first that does not agree is good enough; else a shorter is looked for. */
  readonly isFirstEnough?: boolean
}

const LINES = 3
const STEPS_MAX = 18
const CLIENTS_MAX = 20
const KOPECKS_MAX = 300

/**
 * Runs random sequences of operations on the ledger and on the model, each on lines of its own: by one client, where
 * the model foresees every answer, or by up to twenty at once. Throws with the shortest that does not agree, and with
 * the seed.
 */
export async function runSequences({
  runs,
  seed,
  onRun,
  only = OPERATIONS.map(({ name }) => name),
  isFirstEnough = false,
  ...options
}: SequencesOptions): Promise<void> {
  const property = fc.asyncProperty(
    fc.array(steps(only), { minLength: 2, maxLength: STEPS_MAX }),
    fc.boolean(),
    async (sequence, isAlone) => {
      const world = new World({ ...options, lineCount: LINES })
      await runSequence(world, isAlone ? sequence.map((step) => ({ ...step, client: 0 })) : sequence)
      onRun?.()
      if (world.problems.length > 0) throw new Error(world.problems.join('\n'))
    },
  )
  await fc.assert(property, { numRuns: runs, seed, includeErrorInReport: true, endOnFailure: isFirstEnough })
}

function steps(names: readonly string[]): fc.Arbitrary<Step> {
  return fc.record({
    client: fc.nat({ max: CLIENTS_MAX - 1 }),
    operation: fc.constantFrom(...names),
    line: fc.nat({ max: LINES - 1 }),
    other: fc.nat({ max: LINES - 1 }),
    amount: fc.integer({ min: 1, max: KOPECKS_MAX }).map(BigInt),
    pick: fc.nat({ max: STEPS_MAX }),
  })
}
