import type { Transaction } from 'kysely'
import type { Tables } from '../../store/tables.ts'
import { type ChargeDependencies, type FailedChargeRule, refuseCharges } from './charge-rules.ts'
import { isSameCharge, type KeptCharge, type ParsedCharge } from './charge-wish.ts'
import type { Locked } from './together.ts'

export type ChargeDecision =
  | { readonly kind: 'granted' }
  | { readonly kind: 'doneBefore' }
  /** Something else was done under its id. */
  | { readonly kind: 'idReused' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedChargeRule[] }

/** What is to be done of each, in their order. `known` has at its place what was done under its id before. */
export async function decideCharges(
  trx: Transaction<Tables>,
  dependencies: ChargeDependencies,
  wanted: readonly Locked<ParsedCharge>[],
  known: readonly (KeptCharge | null)[],
): Promise<ChargeDecision[]> {
  const fresh = wanted.filter((_, place) => known[place] === null)
  const failed = await refuseCharges(trx, dependencies, fresh)
  const failedOf = new Map(fresh.map((charge, place) => [charge, failed[place] ?? []]))
  return wanted.map((charge, place) => decide(charge, known[place] ?? null, failedOf.get(charge) ?? []))
}

function decide(charge: ParsedCharge, known: KeptCharge | null, failed: readonly FailedChargeRule[]): ChargeDecision {
  if (known !== null) return { kind: isSameCharge(known, charge) ? 'doneBefore' : 'idReused' }
  return failed.length > 0 ? { kind: 'notEligible', failed } : { kind: 'granted' }
}
