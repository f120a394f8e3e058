import { createMerge } from './plan/merge.ts'
import { compileProjector } from './projection/projector.ts'

/** What a compiled operation is made with. A test puts a faulty part in, to see that the fault is found. */
export interface EngineParts {
  readonly createMerge: typeof createMerge
  readonly compileProjector: typeof compileProjector
}

export const ENGINE_PARTS: EngineParts = { createMerge, compileProjector }
