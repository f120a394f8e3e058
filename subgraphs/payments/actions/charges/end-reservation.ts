import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import { parseId } from '../../../../platform/ids.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { captureHold, findHold, type Hold, type HoldState, releaseHold } from '../../ledger/holds.ts'
import { take } from '../../ledger/posting.ts'
import type { Tables } from '../../store/tables.ts'
import type { ChargeKey } from './charge-wish.ts'
import { type ReservationDependencies, reservationSource } from './reserve.ts'

export interface CaptureWish extends ChargeKey {
  /** Null for all of it. */
  readonly amount: string | null
}

export type CaptureOutcome =
  | { readonly kind: 'captured'; readonly hold: Hold }
  | { readonly kind: 'invalidAmount' }
  /** It was captured before, with another amount. */
  | { readonly kind: 'idReused' }
  | EndedOtherwise

export type ReleaseOutcome = { readonly kind: 'released'; readonly hold: Hold } | EndedOtherwise

type EndedOtherwise =
  | { readonly kind: 'reservationEnded'; readonly state: HoldState }
  | { readonly kind: 'reservationNotFound' }

/** Takes what a service has set aside, or a part of it, once; the rest is free again. */
export async function captureReservation(
  dependencies: ReservationDependencies,
  wish: CaptureWish,
): Promise<CaptureOutcome> {
  const asked = wish.amount === null ? null : parseKopecks(wish.amount)
  if (wish.amount !== null && (asked === null || asked <= 0n)) return { kind: 'invalidAmount' }
  return withReservation(dependencies, wish, async (trx, hold) => {
    const amount = asked ?? hold.amount
    if (amount > hold.amount) return { kind: 'invalidAmount' }
    if (hold.state === 'CAPTURED') {
      return hold.captured === amount ? { kind: 'captured', hold } : { kind: 'idReused' }
    }
    const movements = [take(hold.unit, 'REVENUE', amount)]
    const posted = hold.state === 'PENDING' ? await captureHold(trx, dependencies, hold, { movements }) : null
    return posted
      ? { kind: 'captured', hold: { ...hold, state: 'CAPTURED', captured: amount } }
      : { kind: 'reservationEnded', state: endedState(hold, dependencies.clock) }
  })
}

/** Sets free what a service has set aside. */
export async function releaseReservation(
  dependencies: ReservationDependencies,
  wish: ChargeKey,
): Promise<ReleaseOutcome> {
  return withReservation(dependencies, wish, async (trx, hold) => {
    if (hold.state === 'CAPTURED') return { kind: 'reservationEnded', state: hold.state }
    if (hold.state !== 'PENDING') return { kind: 'released', hold }
    await releaseHold(trx, hold, dependencies.clock.now())
    return { kind: 'released', hold: { ...hold, state: 'RELEASED' } }
  })
}

/** Under the lock of the line's balance, so that the hold stays as it was read. */
async function withReservation<Outcome>(
  { db }: ReservationDependencies,
  wish: ChargeKey,
  work: (trx: Transaction<Tables>, hold: Hold) => Promise<Outcome>,
): Promise<Outcome | { readonly kind: 'reservationNotFound' }> {
  const lineId = parseId(wish.lineId)
  if (lineId === null || wish.id.includes('\0')) return { kind: 'reservationNotFound' }
  return db.transaction().execute(async (trx) => {
    await lockBalance(trx, lineId, 'KOPECK')
    const hold = await findHold(trx, { lineId, sourceKey: reservationSource(wish) })
    return hold ? work(trx, hold) : { kind: 'reservationNotFound' }
  })
}

/** One that is past its time and was not set free yet has expired all the same. */
function endedState({ state, expiresAt }: Hold, clock: Clock): HoldState {
  return state === 'PENDING' && expiresAt <= clock.now() ? 'EXPIRED' : state
}
