import { type ChargeOutcome, createCharge } from './charge.ts'
import type { ChargeKey, ChargeWish } from './charge-wish.ts'
import {
  type CaptureOutcome,
  type CaptureWish,
  createCapture,
  type ReleaseOutcome,
  releaseReservation,
} from './end-reservation.ts'
import { createReserve, type ReservationDependencies, type ReserveOutcome, type ReserveWish } from './reserve.ts'

/** What other subgraphs have lines pay. */
export interface ChargeActions {
  readonly reserve: (wish: ReserveWish) => Promise<ReserveOutcome>
  readonly captureReservation: (wish: CaptureWish) => Promise<CaptureOutcome>
  readonly releaseReservation: (wish: ChargeKey) => Promise<ReleaseOutcome>
  readonly charge: (wish: ChargeWish) => Promise<ChargeOutcome>
}

export function createChargeActions(dependencies: ReservationDependencies): ChargeActions {
  return {
    reserve: createReserve(dependencies),
    captureReservation: createCapture(dependencies),
    releaseReservation: (wish) => releaseReservation(dependencies, wish),
    charge: createCharge(dependencies),
  }
}
