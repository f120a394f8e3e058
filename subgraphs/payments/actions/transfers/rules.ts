import { memberLimitRule } from '../member-limit-rule.ts'
import { type OwnMoneyFacts, type OwnMoneyFailed, ownMoneyRule } from '../own-money.ts'
import { failedRules, type Rule } from '../rules.ts'
import { type KeptSpendCapReached, type SpendCapReached, toKept } from '../spend-cap/spend-cap-rule.ts'

/** What a transfer may be, as the operator has set it; kopecks. */
export interface TransferLimits {
  readonly amountMin: bigint
  readonly amountMax: bigint
  readonly sentPerDay: bigint
  readonly mustStay: bigint
}

/** All that decides on a transfer; kopecks. The own money is that of the line that pays. */
export interface TransferFacts extends OwnMoneyFacts {
  readonly amount: bigint
  readonly fee: bigint
  readonly sentToday: bigint
  readonly isReceiverKnown: boolean
  /** The line would pay itself. */
  readonly isSameLine: boolean
  /** Until when transfers rest after a change of the SIM; null when they do not. */
  readonly heldUntil: Date | null
  /** What the member of an organization may still spend this month; null without a limit. */
  readonly memberLeft: bigint | null
  /** Where the line's cap of the month stands against it. */
  readonly capReached: SpendCapReached | null
  readonly limits: TransferLimits
}

/** A rule that failed. As JSON: it is kept with the client's key. `kopecks` is what its text names. */
export type FailedTransferRule =
  | { readonly code: 'RECEIVER_NOT_FOUND' | 'SAME_LINE' }
  | {
      readonly code: 'AMOUNT_TOO_SMALL' | 'AMOUNT_TOO_LARGE' | 'MEMBER_LIMIT'
      readonly kopecks: string
    }
  /** `kopecks` is what can still be sent today; null for who may not see what others have sent. */
  | { readonly code: 'DAY_LIMIT'; readonly kopecks: string | null }
  | OwnMoneyFailed
  | { readonly code: 'SIM_CHANGED'; readonly until: string }
  | KeptSpendCapReached

/** What the payer's balance is less by. */
export function chargeOf({ amount, fee }: Pick<TransferFacts, 'amount' | 'fee'>): bigint {
  return amount + fee
}

/** Every rule that stands against the transfer; it may be made exactly when there is none. */
export function transferObstacles(facts: TransferFacts): FailedTransferRule[] {
  return failedRules(RULES, facts)
}

type TransferRule = Rule<TransferFacts, FailedTransferRule>

const RULES: readonly TransferRule[] = [
  function amountTooSmall({ amount, limits }) {
    return amount < limits.amountMin ? { code: 'AMOUNT_TOO_SMALL', kopecks: String(limits.amountMin) } : null
  },

  function amountTooLarge({ amount, limits }) {
    return amount > limits.amountMax ? { code: 'AMOUNT_TOO_LARGE', kopecks: String(limits.amountMax) } : null
  },

  function receiverNotFound({ isReceiverKnown }) {
    return isReceiverKnown ? null : { code: 'RECEIVER_NOT_FOUND' }
  },

  function sameLine({ isSameLine }) {
    return isSameLine ? { code: 'SAME_LINE' } : null
  },

  function dayLimit({ amount, sentToday, isBalanceVisible, limits }) {
    const left = sendable(limits.sentPerDay - sentToday, limits)
    return amount > left ? { code: 'DAY_LIMIT', kopecks: isBalanceVisible ? String(left) : null } : null
  },

  function ownMoney(facts) {
    const movable = sendable(facts.ownMoney - facts.limits.mustStay - facts.fee, facts.limits)
    return ownMoneyRule(facts, { wanted: facts.amount, movable })
  },

  function simChanged({ heldUntil }) {
    return heldUntil === null ? null : { code: 'SIM_CHANGED', until: heldUntil.toISOString() }
  },

  function memberLimit({ amount, fee, memberLeft }) {
    return memberLimitRule(chargeOf({ amount, fee }), memberLeft)
  },

  function spendCap({ capReached }) {
    return capReached === null ? null : toKept(capReached)
  },
]

/** All that decides whether a line can be credited; kopecks. */
export interface CreditFacts {
  readonly amount: bigint
  readonly receivedToday: bigint
  readonly receivedPerDay: bigint
}

/** Whether the receiving line may be credited: decided where it is kept, under the lock of its balance. */
export function mayBeCredited({ amount, receivedToday, receivedPerDay }: CreditFacts): boolean {
  return receivedToday + amount <= receivedPerDay
}

/** What a transfer could be of what is left: nothing of less than the least, for to send that is no way out. */
function sendable(left: bigint, { amountMin }: TransferLimits): bigint {
  return left >= amountMin ? left : 0n
}
