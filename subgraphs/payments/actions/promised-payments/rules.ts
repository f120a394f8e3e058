import { memberLimitRule } from '../member-limit-rule.ts'
import { failedRules, type Rule } from '../rules.ts'
import { type KeptSpendCapReached, type SpendCapReached, toKept } from '../spend-cap/spend-cap-rule.ts'

/** What a promised payment may be, as the operator has set it; kopecks. */
export interface PromiseTerms {
  /** In the order of what was spent; null is for all that is more. */
  readonly tiers: readonly { readonly spentMax: bigint | null; readonly amount: bigint }[]
  readonly amountMin: bigint
  readonly fee: bigint
  readonly withoutFee: bigint
  readonly balanceMin: bigint
  readonly newSubscriberDays: number
}

/** All that decides on whether a line may be promised anything; kopecks. */
export interface PromiseFacts {
  /** What is there and not set aside; below zero for a debt. */
  readonly available: bigint
  /** The balance does not reconcile: it is neither decided on nor told of. */
  readonly isUnderReview: boolean
  /** What services have cost lately. */
  readonly spent: bigint
  /** When the one that is not paid back is due; null when there is none. */
  readonly activeUntil: Date | null
  /** For how many days the line has been in service. */
  readonly daysInService: number
  readonly terms: PromiseTerms
}

/** What bounds the fee. */
export interface FeeFacts {
  /** What the member of an organization may still spend this month; null without a limit. */
  readonly memberLeft: bigint | null
  /** Where the line's cap of the month stands against the fee; null where there is none to pay. */
  readonly capReached: SpendCapReached | null
}

/** All of that, and what is asked for. */
export interface PromiseRequest extends PromiseFacts, FeeFacts {
  readonly amount: bigint
}

/** A rule that failed. As JSON: it is kept with the client's key. `kopecks` is what its text names. */
export type FailedPromiseRule =
  | {
      readonly code: 'AMOUNT_TOO_SMALL' | 'AMOUNT_TOO_LARGE' | 'BALANCE_TOO_LOW' | 'MEMBER_LIMIT'
      readonly kopecks: string
    }
  | { readonly code: 'BALANCE_UNDER_REVIEW' }
  | { readonly code: 'PROMISED_PAYMENT_ACTIVE'; readonly until: string }
  | { readonly code: 'NEW_SUBSCRIBER'; readonly days: number }
  | KeptSpendCapReached

/** What can be had at most. */
export function amountMax({ spent, terms }: Pick<PromiseFacts, 'spent' | 'terms'>): bigint {
  return terms.tiers.find(({ spentMax }) => spentMax === null || spent <= spentMax)?.amount ?? 0n
}

export function feeOf(amount: bigint, { fee, withoutFee }: Pick<PromiseTerms, 'fee' | 'withoutFee'>): bigint {
  return amount <= withoutFee ? 0n : fee
}

/** An amount that could be had, and what for. */
export interface PromiseOffer {
  readonly amount: bigint
  readonly fee: bigint
}

/** What is offered, and what stands against the amounts that are not. */
export interface PromiseOffers {
  readonly offers: readonly PromiseOffer[]
  readonly failed: readonly FailedPromiseRule[]
}

/**
 * What is offered: the most that costs nothing, and each amount that the spending allows, as far as its fee can be paid;
 * the smallest first.
 */
export function offersOf(facts: PromiseFacts & FeeFacts): PromiseOffers {
  const most = amountMax(facts)
  const { terms, capReached } = facts
  const amounts = [terms.withoutFee, ...terms.tiers.map(({ amount }) => amount)]
  const looked = [...new Set(amounts.filter((amount) => amount >= terms.amountMin && amount <= most))]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((amount) => {
      const fee = feeOf(amount, terms)
      const request = { ...facts, amount, capReached: fee > 0n ? capReached : null }
      return { offer: { amount, fee }, failed: failedRules(REQUEST_RULES, request) }
    })
  const failed = looked.flatMap((one) => one.failed)
  return {
    offers: looked.filter((one) => one.failed.length === 0).map(({ offer }) => offer),
    // The same fee fails by the same rules.
    failed: [...new Map(failed.map((rule) => [rule.code, rule])).values()],
  }
}

/** Every rule that stands against any promise to this line. */
export function lineObstacles(facts: PromiseFacts): FailedPromiseRule[] {
  return failedRules(LINE_RULES, facts)
}

/** Every rule that stands against this promise; it is made exactly when there is none. */
export function promiseObstacles(request: PromiseRequest): FailedPromiseRule[] {
  return [...failedRules(REQUEST_RULES, request), ...lineObstacles(request)]
}

const LINE_RULES: readonly Rule<PromiseFacts, FailedPromiseRule>[] = [
  function alreadyActive({ activeUntil }) {
    return activeUntil === null ? null : { code: 'PROMISED_PAYMENT_ACTIVE', until: activeUntil.toISOString() }
  },

  function balanceUnderReview({ isUnderReview }) {
    return isUnderReview ? { code: 'BALANCE_UNDER_REVIEW' } : null
  },

  function balanceTooLow({ available, isUnderReview, terms }) {
    if (isUnderReview) return null
    return available < terms.balanceMin ? { code: 'BALANCE_TOO_LOW', kopecks: String(terms.balanceMin) } : null
  },

  function newSubscriber({ daysInService, available, isUnderReview, terms }) {
    if (daysInService >= terms.newSubscriberDays || available > 0n || isUnderReview) return null
    return { code: 'NEW_SUBSCRIBER', days: terms.newSubscriberDays }
  },
]

const REQUEST_RULES: readonly Rule<PromiseRequest, FailedPromiseRule>[] = [
  function amountTooSmall({ amount, terms }) {
    // What is promised pays its own fee, wherever the balance stands.
    const least = amount < feeOf(amount, terms) && terms.fee > terms.amountMin ? terms.fee : terms.amountMin
    return amount < least ? { code: 'AMOUNT_TOO_SMALL', kopecks: String(least) } : null
  },

  function amountTooLarge(request) {
    const most = amountMax(request)
    return request.amount > most ? { code: 'AMOUNT_TOO_LARGE', kopecks: String(most) } : null
  },

  function memberLimit({ amount, memberLeft, terms }) {
    return memberLimitRule(feeOf(amount, terms), memberLeft)
  },

  function spendCap({ capReached }) {
    return capReached === null ? null : toKept(capReached)
  },
]
