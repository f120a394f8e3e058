import { type ChargeOutcome, charge } from './charge.ts'
import type { ChargeKey, ChargeWish } from './charge-wish.ts'
import {
  type CaptureOutcome,
  type CaptureWish,
  captureReservation,
  type ReleaseOutcome,
  releaseReservation,
} from './end-reservation.ts'
import { type ReservationDependencies, type ReserveOutcome, type ReserveWish, reserve } from './reserve.ts'

/** What other subgraphs have lines pay. */
export interface ChargeActions {
  readonly reserve: (wish: ReserveWish) => Promise<ReserveOutcome>
  readonly captureReservation: (wish: CaptureWish) => Promise<CaptureOutcome>
  readonly releaseReservation: (wish: ChargeKey) => Promise<ReleaseOutcome>
  readonly charge: (wish: ChargeWish) => Promise<ChargeOutcome>
}

export function createChargeActions(dependencies: ReservationDependencies): ChargeActions {
  return {
    reserve: (wish) => reserve(dependencies, wish),
    captureReservation: (wish) => captureReservation(dependencies, wish),
    releaseReservation: (wish) => releaseReservation(dependencies, wish),
    charge: (wish) => charge(dependencies, wish),
  }
}
