import type { MerchantRefusal } from '../../../../platform/merchants/merchants.ts'
import { memberLimitRule } from '../member-limit-rule.ts'
import { type OwnMoneyFacts, type OwnMoneyFailed, ownMoneyRule } from '../own-money.ts'
import { failedRules, type Rule } from '../rules.ts'
import { type KeptSpendCapReached, type SpendCapReached, toKept } from '../spend-cap/spend-cap-rule.ts'

/** All that decides on a purchase; kopecks. The own money is that of the line that pays. */
export interface PurchaseFacts extends OwnMoneyFacts {
  readonly amount: bigint
  readonly fee: bigint
  readonly amountMin: bigint
  readonly amountMax: bigint
  /** What the merchant said against it; null when nothing, or when it was asked before. */
  readonly refusal: MerchantRefusal | null
  /** Until when money rests after a change of the SIM; null when it does not. */
  readonly heldUntil: Date | null
  /** What the member of an organization may still spend this month; null without a limit. */
  readonly memberLeft: bigint | null
  /** Where the line's cap of the month stands against it. */
  readonly capReached: SpendCapReached | null
}

/** A rule that failed. As JSON: it is kept with the client's key. `kopecks` is what its text names. */
export type FailedPurchaseRule =
  | { readonly code: MerchantRefusal }
  | {
      readonly code: 'AMOUNT_TOO_SMALL' | 'AMOUNT_TOO_LARGE' | 'MEMBER_LIMIT'
      readonly kopecks: string
    }
  /** `total` is what it takes with the fee; not there without one. */
  | (OwnMoneyFailed & { readonly total?: string })
  | { readonly code: 'SIM_CHANGED'; readonly until: string }
  | KeptSpendCapReached

/** What the payer's balance is less by. */
export function costOf({ amount, fee }: Pick<PurchaseFacts, 'amount' | 'fee'>): bigint {
  return amount + fee
}

/** The fee on top of an amount, in favour of who pays: parts of a kopeck are not taken. */
export function feeOf(amount: bigint, permille: number): bigint {
  return (amount * BigInt(permille)) / 1_000n
}

/** Every rule that stands against the purchase; it may be made exactly when there is none. */
export function purchaseObstacles(facts: PurchaseFacts): FailedPurchaseRule[] {
  return failedRules(RULES, facts)
}

const RULES: readonly Rule<PurchaseFacts, FailedPurchaseRule>[] = [
  function amountTooSmall({ amount, amountMin }) {
    return amount < amountMin ? { code: 'AMOUNT_TOO_SMALL', kopecks: String(amountMin) } : null
  },

  function amountTooLarge({ amount, amountMax }) {
    return amount > amountMax ? { code: 'AMOUNT_TOO_LARGE', kopecks: String(amountMax) } : null
  },

  function refusedByMerchant({ refusal }) {
    return refusal === null ? null : { code: refusal }
  },

  function ownMoney(facts) {
    const wanted = costOf(facts)
    const failed = ownMoneyRule(facts, { wanted, movable: facts.ownMoney })
    return failed && (facts.fee > 0n ? { ...failed, total: String(wanted) } : failed)
  },

  function simChanged({ heldUntil }) {
    return heldUntil === null ? null : { code: 'SIM_CHANGED', until: heldUntil.toISOString() }
  },

  function memberLimit({ amount, fee, memberLeft }) {
    return memberLimitRule(costOf({ amount, fee }), memberLeft)
  },

  function spendCap({ capReached }) {
    return capReached === null ? null : toKept(capReached)
  },
]
