import type { Transaction } from 'kysely'
import { type Balance, spendable } from '../../ledger/balance.ts'
import type { LedgerKind } from '../../ledger/kinds.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { failedRules, type Rule } from '../rules.ts'
import { checkSpendCap } from '../spend-cap/check-spend-cap.ts'
import type { SpendCapReached } from '../spend-cap/spend-cap-rule.ts'

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
  ({ amount, spendable }) =>
    amount > spendable ? { rule: 'notEnoughMoney', missing: amount - (spendable > 0n ? spendable : 0n) } : null,
  ({ isUnderReview }) => (isUnderReview ? { rule: 'balanceUnderReview' } : null),
  ({ capReached }) => (capReached === null ? null : { rule: 'spendCap', reached: capReached }),
]

/** Every rule that stands against it, under the lock of the balance. */
export async function refuseCharge(
  trx: Transaction<Tables>,
  dependencies: Pick<ActionDependencies, 'clock' | 'policies'>,
  { lineId, amount, kind }: { readonly lineId: string; readonly amount: bigint; readonly kind: LedgerKind },
  balance: Balance,
): Promise<FailedChargeRule[]> {
  const isUnderReview = await isQuarantined(trx, lineId)
  // What comes round was agreed to before: a cap does not cut it off.
  const capReached = kind === 'SUBSCRIPTION_FEE' ? null : await checkSpendCap(trx, dependencies, { lineId, amount })
  return failedRules(CHARGE_RULES, { amount, spendable: spendable(balance), isUnderReview, capReached })
}
