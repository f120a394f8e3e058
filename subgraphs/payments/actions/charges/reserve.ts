import type { Transaction } from 'kysely'
import { atOneMoment } from '../../../../platform/clock.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { lockBalance, lockFreeBalances } from '../../ledger/balance.ts'
import { findHolds, type Hold, placeHolds } from '../../ledger/holds.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import type { FailedChargeRule } from './charge-rules.ts'
import { type ChargeKey, type ChargeRefusal, type ChargeWish, type ParsedCharge, parseCharge } from './charge-wish.ts'
import { decideCharges } from './decide-charges.ts'
import { createTogether, type Locked } from './together.ts'

export type ReservationDependencies = Pick<
  ActionDependencies,
  'db' | 'clock' | 'newId' | 'policies' | 'currencyCode' | 'logger'
>

export interface ReserveWish extends ChargeWish {
  /** For how long at most; null for as long as the policy says. */
  readonly minutes: number | null
}

export type ReserveOutcome =
  | ChargeRefusal
  | { readonly kind: 'reserved'; readonly hold: Hold }
  | { readonly kind: 'idReused' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedChargeRule[] }

interface WantedHold extends ParsedCharge {
  readonly sourceKey: string
  readonly expiresAt: Date
}

/** Sets money or points aside for a service, once for each of its ids: asked again it gives what became of it. */
export function createReserve(dependencies: ReservationDependencies): (wish: ReserveWish) => Promise<ReserveOutcome> {
  const reserveTogether = createTogether<WantedHold, ReserveOutcome>(dependencies, {
    lock: (trx, { lineId, unit }) => lockBalance(trx, lineId, unit),
    lockFree: lockFreeBalances,
    run: (trx, wanted) => reserveAll(trx, atOneMoment(dependencies), wanted),
    whenNoBook: { kind: 'lineNotFound' },
  })
  return async (wish) => {
    const parsed = parseCharge(wish, 'reservationId')
    if (parsed.kind !== 'parsed') return parsed
    const expiresAt = await expiryOf(dependencies, wish.minutes)
    if (expiresAt === null) return { kind: 'invalidCharge', at: ['minutes'] }
    return reserveTogether({ ...parsed.charge, sourceKey: reservationSource(wish), expiresAt })
  }
}

async function reserveAll(
  trx: Transaction<Tables>,
  dependencies: ReservationDependencies,
  wanted: readonly Locked<WantedHold>[],
): Promise<ReserveOutcome[]> {
  const known = await findHolds(trx, wanted)
  const decisions = await decideCharges(trx, dependencies, wanted, known)
  const granted = wanted.filter((_, place) => decisions[place]?.kind === 'granted')
  const placed = await placeHolds(trx, dependencies, granted)
  const placedOf = new Map(granted.map((charge, place) => [charge, placed[place]]))
  return wanted.map((charge, place) => {
    const decision = decisions[place]
    invariant(decision, 'each wish is decided on')
    if (decision.kind === 'notEligible' || decision.kind === 'idReused') return decision
    const hold = known[place] ?? placedOf.get(charge)
    // Another came first under its id, and under the lock of the other unit.
    return hold ? { kind: 'reserved', hold } : { kind: 'idReused' }
  })
}

/** Null when it is not within the bounds. */
async function expiryOf({ clock, policies }: ReservationDependencies, minutes: number | null): Promise<Date | null> {
  const { 'hold.ttlMinutes': usual, 'hold.ttlMinutesMax': longest } = await policies.current()
  const asked = minutes ?? usual
  return asked >= 1 && asked <= longest ? new Date(clock.now().getTime() + asked * MINUTE_MS) : null
}

const MINUTE_MS = 60_000

/** Two services may have the same id, and none of them that of a charge. */
export function reservationSource({ service, id }: Pick<ChargeKey, 'service' | 'id'>): string {
  return `reservation:${service}:${id}`
}
