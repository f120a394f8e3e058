import type { Transaction } from 'kysely'
import { spendable } from '../../ledger/balance.ts'
import { findQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { failedRules, type Rule } from '../rules.ts'
import { checkSpendCaps } from '../spend-cap/check-spend-cap.ts'
import type { SpendCapReached } from '../spend-cap/spend-cap-rule.ts'
import type { ParsedCharge } from './charge-wish.ts'
import type { Locked } from './together.ts'

/** What is looked at before a line pays for a service. */
export interface ChargeFacts {
  readonly amount: bigint
  readonly spendable: bigint
  readonly isUnderReview: boolean
  /** Where the line's cap of the month stands against it. */
  readonly capReached: SpendCapReached | null
}

export type FailedChargeRule =
  | { readonly rule: 'notEnoughMoney'; readonly missing: bigint }
  | { readonly rule: 'balanceUnderReview' }
  | { readonly rule: 'spendCap'; readonly reached: SpendCapReached }

export const CHARGE_RULES: readonly Rule<ChargeFacts, FailedChargeRule>[] = [
  // What a balance under review lacks is not known, and not told.
  ({ amount, spendable, isUnderReview }) =>
    amount > spendable && !isUnderReview
      ? { rule: 'notEnoughMoney', missing: amount - (spendable > 0n ? spendable : 0n) }
      : null,
  ({ isUnderReview }) => (isUnderReview ? { rule: 'balanceUnderReview' } : null),
  ({ capReached }) => (capReached === null ? null : { rule: 'spendCap', reached: capReached }),
]

/** Every rule that stands against each, in their order, under the locks of their balances. The lines are all different. */
export async function refuseCharges(
  trx: Transaction<Tables>,
  dependencies: Pick<ActionDependencies, 'clock' | 'policies'>,
  charges: readonly Locked<ParsedCharge>[],
): Promise<FailedChargeRule[][]> {
  if (charges.length === 0) return []
  const underReview = await findQuarantined(
    trx,
    charges.map(({ lineId }) => lineId),
  )
  // What comes round was agreed to before: a cap does not cut it off.
  const capped = charges.filter(({ kind }) => kind !== 'SUBSCRIPTION_FEE')
  const reached = await checkSpendCaps(trx, dependencies, capped)
  const reachedOf = new Map(capped.map((charge, place) => [charge, reached[place]]))
  return charges.map((charge) =>
    failedRules(CHARGE_RULES, {
      amount: charge.amount,
      spendable: spendable(charge.balance),
      isUnderReview: underReview.has(charge.lineId),
      capReached: reachedOf.get(charge) ?? null,
    }),
  )
}
