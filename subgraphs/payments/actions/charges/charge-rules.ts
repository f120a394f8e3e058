import type { Transaction } from 'kysely'
import { type Balance, spendable } from '../../ledger/balance.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import { failedRules, type Rule } from '../rules.ts'

/** What is looked at before a line pays for a service. */
export interface ChargeFacts {
  readonly amount: bigint
  readonly spendable: bigint
  readonly isUnderReview: boolean
}

export type FailedChargeRule =
  | { readonly rule: 'notEnoughMoney'; readonly missing: bigint }
  | { readonly rule: 'balanceUnderReview' }

export const CHARGE_RULES: readonly Rule<ChargeFacts, FailedChargeRule>[] = [
  ({ amount, spendable }) =>
    amount > spendable ? { rule: 'notEnoughMoney', missing: amount - (spendable > 0n ? spendable : 0n) } : null,
  ({ isUnderReview }) => (isUnderReview ? { rule: 'balanceUnderReview' } : null),
]

/** Every rule that stands against it, under the lock of the balance. */
export async function refuseCharge(
  trx: Transaction<Tables>,
  { lineId, amount }: { readonly lineId: string; readonly amount: bigint },
  balance: Balance,
): Promise<FailedChargeRule[]> {
  const isUnderReview = await isQuarantined(trx, lineId)
  return failedRules(CHARGE_RULES, { amount, spendable: spendable(balance), isUnderReview })
}
