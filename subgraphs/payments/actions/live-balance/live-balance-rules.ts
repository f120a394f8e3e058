import { type Balance, spendable } from '../../ledger/balance.ts'
import { leftForMember } from '../member-limit-rule.ts'
import type { Rule } from '../rules.ts'
import type { SpendCapReached } from '../spend-cap/spend-cap-rule.ts'

/** What is known when somebody wants the service. Amounts are kopecks. */
export interface LiveBalanceFacts {
  /** The fee for a day that they have seen, and the one that there is. */
  readonly agreedFee: bigint
  readonly fee: bigint
  /** What is to be paid at once. */
  readonly amount: bigint
  readonly balance: Balance
  /** The balance does not reconcile: it is neither decided on nor told of. */
  readonly isUnderReview: boolean
  /** Whoever only manages the line is told that there is not enough, and not how much is missing. */
  readonly isBalanceVisible: boolean
  /** What the organization lets its member spend yet this month; null without a limit. */
  readonly memberLeft: bigint | null
  /** Where the line's cap of the month stands against it. */
  readonly capReached: SpendCapReached | null
}

export type LiveBalanceObstacle =
  | { readonly code: 'FEE_CHANGED'; readonly fee: bigint }
  | { readonly code: 'BALANCE_UNDER_REVIEW' }
  | { readonly code: 'NOT_ENOUGH_MONEY'; readonly missing: bigint | null }
  | { readonly code: 'MEMBER_LIMIT'; readonly left: bigint }
  | SpendCapReached

/** What must hold to switch it on; all of it is looked at. */
export const LIVE_BALANCE_RULES: readonly Rule<LiveBalanceFacts, LiveBalanceObstacle>[] = [
  ({ agreedFee, fee }) => (agreedFee === fee ? null : { code: 'FEE_CHANGED', fee }),
  ({ isUnderReview }) => (isUnderReview ? { code: 'BALANCE_UNDER_REVIEW' } : null),
  ({ balance, amount, isUnderReview, isBalanceVisible }) => {
    if (isUnderReview) return null
    const missing = amount - spendable(balance)
    return missing > 0n ? { code: 'NOT_ENOUGH_MONEY', missing: isBalanceVisible ? missing : null } : null
  },
  // Asked on a day that is paid for too: whoever may spend nothing agrees to no days that come.
  ({ fee, memberLeft }) => {
    const left = leftForMember(fee, memberLeft)
    return left === null ? null : { code: 'MEMBER_LIMIT', left }
  },
  ({ capReached }) => capReached,
]
