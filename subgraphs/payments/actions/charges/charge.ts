import type { Transaction } from 'kysely'
import { lockBalance } from '../../ledger/balance.ts'
import { post } from '../../ledger/post.ts'
import { take } from '../../ledger/posting.ts'
import { findCharge } from '../../store/charges.ts'
import type { Tables } from '../../store/tables.ts'
import { type FailedChargeRule, refuseCharge } from './charge-rules.ts'
import { type ChargeRefusal, type ChargeWish, isSameCharge, type ParsedCharge, parseCharge } from './charge-wish.ts'
import type { ReservationDependencies } from './reserve.ts'

export type ChargeOutcome =
  | ChargeRefusal
  | { readonly kind: 'charged' }
  | { readonly kind: 'idReused' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedChargeRule[] }

/** Takes money for a service at once, once for each of its ids. */
export async function charge(dependencies: ReservationDependencies, wish: ChargeWish): Promise<ChargeOutcome> {
  const parsed = parseCharge(wish, 'chargeId')
  if (parsed.kind !== 'parsed') return parsed
  const sourceKey = `charge:${wish.service}:${wish.id}`
  return dependencies.db.transaction().execute((trx) => chargeOnce(trx, dependencies, { ...parsed.charge, sourceKey }))
}

async function chargeOnce(
  trx: Transaction<Tables>,
  dependencies: ReservationDependencies,
  wanted: ParsedCharge & { readonly sourceKey: string },
): Promise<ChargeOutcome> {
  const balance = await lockBalance(trx, wanted.lineId, 'KOPECK')
  if (balance === null) return { kind: 'lineNotFound' }
  const known = await findCharge(trx, wanted)
  if (known) return { kind: isSameCharge(known, wanted) ? 'charged' : 'idReused' }
  const failed = await refuseCharge(trx, dependencies, wanted, balance)
  if (failed.length > 0) return { kind: 'notEligible', failed }
  const movements = [take('KOPECK', 'REVENUE', wanted.amount)]
  await post(trx, dependencies, { ...wanted, occurredAt: dependencies.clock.now(), movements })
  return { kind: 'charged' }
}
