import type { Transaction } from 'kysely'
import { lockBalance } from '../../ledger/balance.ts'
import { findHold, type Hold, placeHold } from '../../ledger/holds.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type FailedChargeRule, refuseCharge } from './charge-rules.ts'
import {
  type ChargeKey,
  type ChargeRefusal,
  type ChargeWish,
  isSameCharge,
  type ParsedCharge,
  parseCharge,
} from './charge-wish.ts'

export type ReservationDependencies = Pick<ActionDependencies, 'db' | 'clock' | 'newId' | 'policies'>

export interface ReserveWish extends ChargeWish {
  /** For how long at most; null for as long as the policy says. */
  readonly minutes: number | null
}

export type ReserveOutcome =
  | ChargeRefusal
  | { readonly kind: 'reserved'; readonly hold: Hold }
  | { readonly kind: 'idReused' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedChargeRule[] }

/** Sets money aside for a service, once for each of its ids: asked again it gives what became of it. */
export async function reserve(dependencies: ReservationDependencies, wish: ReserveWish): Promise<ReserveOutcome> {
  const parsed = parseCharge(wish, 'reservationId')
  if (parsed.kind !== 'parsed') return parsed
  const expiresAt = await expiryOf(dependencies, wish.minutes)
  if (expiresAt === null) return { kind: 'invalidCharge', at: ['minutes'] }
  const sourceKey = reservationSource(wish)
  return dependencies.db
    .transaction()
    .execute((trx) => reserveOnce(trx, dependencies, { ...parsed.charge, sourceKey, expiresAt }))
}

async function reserveOnce(
  trx: Transaction<Tables>,
  dependencies: ReservationDependencies,
  charge: ParsedCharge & { readonly sourceKey: string; readonly expiresAt: Date },
): Promise<ReserveOutcome> {
  const balance = await lockBalance(trx, charge.lineId, 'KOPECK')
  if (balance === null) return { kind: 'lineNotFound' }
  const known = await findHold(trx, charge)
  if (known) return isSameCharge(known, charge) ? { kind: 'reserved', hold: known } : { kind: 'idReused' }
  const failed = await refuseCharge(trx, dependencies, charge, balance)
  if (failed.length > 0) return { kind: 'notEligible', failed }
  const hold = await placeHold(trx, dependencies, { ...charge, unit: 'KOPECK' })
  return hold ? { kind: 'reserved', hold } : { kind: 'idReused' }
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
