import { capture } from './capture.ts'
import { charge } from './charge.ts'
import { expire } from './expire.ts'
import type { Operation } from './operation.ts'
import { release } from './release.ts'
import { replay } from './replay.ts'
import { reserve } from './reserve.ts'
import { topUp } from './top-up.ts'
import { transfer } from './transfer.ts'

/** All that sequences are made of, the more often the more often it stands here. */
export const OPERATIONS: readonly Operation[] = [
  topUp,
  topUp,
  charge,
  reserve,
  reserve,
  capture,
  release,
  transfer,
  transfer,
  replay,
  expire,
]
