import { capture } from './capture.ts'
import { cardTopUp } from './card-top-up.ts'
import { charge } from './charge.ts'
import { earnPoints } from './earn-points.ts'
import { expire, passDays } from './expire.ts'
import { givePoints } from './give-points.ts'
import { capturePoints, holdPoints, releasePoints } from './hold-points.ts'
import type { Operation } from './operation.ts'
import { promise } from './promise.ts'
import { endPurchase, purchase } from './purchase.ts'
import { refund } from './refund.ts'
import { release } from './release.ts'
import { replay } from './replay.ts'
import { reserve } from './reserve.ts'
import { topUp } from './top-up.ts'
import { transfer } from './transfer.ts'

/** All that sequences are made of, the more often the more often it stands here. */
export const OPERATIONS: readonly Operation[] = [
  ...[topUp, topUp, cardTopUp, refund],
  ...[charge, charge, reserve, reserve, capture, release],
  ...[transfer, transfer],
  ...[purchase, endPurchase],
  ...[promise, promise],
  ...[earnPoints, earnPoints, holdPoints, capturePoints, releasePoints, givePoints],
  ...[replay, replay],
  ...[expire, expire, passDays],
]
