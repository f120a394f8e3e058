import { failedRules, type Rule } from '../rules.ts'

/** What a refund is decided on. Amounts are kopecks. */
export interface RefundFacts {
  /** Whether the payment brought money that is not all back yet. */
  readonly isPaid: boolean
  readonly amount: bigint
  /** What is neither back nor on its way back. */
  readonly left: bigint
  /** What the line has and does not need for something else. */
  readonly available: bigint
  /** The balance does not reconcile: what is left of it is not known. */
  readonly isUnderReview: boolean
}

export type RefundFailed = 'PAYMENT_NOT_PAID' | 'MORE_THAN_PAID' | 'MONEY_IS_SPENT' | 'BALANCE_UNDER_REVIEW'

const RULES: readonly Rule<RefundFacts, RefundFailed>[] = [
  ({ isPaid }) => (isPaid ? null : 'PAYMENT_NOT_PAID'),
  ({ isPaid, amount, left }) => (!isPaid || (amount > 0n && amount <= left) ? null : 'MORE_THAN_PAID'),
  ({ amount, available, isUnderReview }) => (amount <= available || isUnderReview ? null : 'MONEY_IS_SPENT'),
  ({ isUnderReview }) => (isUnderReview ? 'BALANCE_UNDER_REVIEW' : null),
]

/** Everything that stands in the way of a refund; nothing when it may be. */
export function failedRefundRules(facts: RefundFacts): RefundFailed[] {
  return failedRules(RULES, facts)
}
