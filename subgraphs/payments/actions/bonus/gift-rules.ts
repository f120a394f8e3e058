import { failedRules, type Rule } from '../rules.ts'

/** All that decides on a gift of points. */
export interface GiftFacts {
  readonly points: bigint
  /** Of the line that gives: neither set aside nor past their time. */
  readonly available: bigint
  /** The line's books do not reconcile: what it has is neither decided on nor told of. */
  readonly isUnderReview: boolean
  /** Whoever only manages the line is told that there are not enough, and not how many there are. */
  readonly arePointsVisible: boolean
  readonly givenToday: bigint
  readonly isReceiverKnown: boolean
  readonly isSameLine: boolean
  /** Until when gifts rest after a change of the SIM; null when they do not. */
  readonly heldUntil: Date | null
  readonly limits: GiftLimits
}

export interface GiftLimits {
  readonly pointsMin: bigint
  readonly pointsMax: bigint
  readonly pointsPerDay: bigint
}

/** A rule that failed. As JSON: it is kept with the client's key. `points` is what its text names. */
export type FailedGiftRule =
  | { readonly code: 'RECEIVER_NOT_FOUND' | 'SAME_LINE' | 'BALANCE_UNDER_REVIEW' }
  | { readonly code: 'TOO_FEW_POINTS' | 'TOO_MANY_POINTS'; readonly points: string }
  /** `points` is what could be given; null for who may not see what there is, or was given today. */
  | { readonly code: 'NOT_ENOUGH_POINTS' | 'GIFT_DAY_LIMIT'; readonly points: string | null }
  | { readonly code: 'SIM_CHANGED'; readonly until: string }

/** Every rule that stands against the gift; it may be given exactly when there is none. */
export function giftObstacles(facts: GiftFacts): FailedGiftRule[] {
  return failedRules(RULES, facts)
}

const RULES: readonly Rule<GiftFacts, FailedGiftRule>[] = [
  function tooFew({ points, limits }) {
    return points < limits.pointsMin ? { code: 'TOO_FEW_POINTS', points: String(limits.pointsMin) } : null
  },

  function tooMany({ points, limits }) {
    return points > limits.pointsMax ? { code: 'TOO_MANY_POINTS', points: String(limits.pointsMax) } : null
  },

  function receiverNotFound({ isReceiverKnown }) {
    return isReceiverKnown ? null : { code: 'RECEIVER_NOT_FOUND' }
  },

  function sameLine({ isSameLine }) {
    return isSameLine ? { code: 'SAME_LINE' } : null
  },

  function dayLimit({ points, givenToday, arePointsVisible, limits }) {
    const left = giveable(limits.pointsPerDay - givenToday, limits)
    return points > left ? { code: 'GIFT_DAY_LIMIT', points: arePointsVisible ? String(left) : null } : null
  },

  function notEnough({ points, available, isUnderReview, arePointsVisible, limits }) {
    if (isUnderReview) return { code: 'BALANCE_UNDER_REVIEW' }
    const most = giveable(available, limits)
    return points > most ? { code: 'NOT_ENOUGH_POINTS', points: arePointsVisible ? String(most) : null } : null
  },

  function simChanged({ heldUntil }) {
    return heldUntil === null ? null : { code: 'SIM_CHANGED', until: heldUntil.toISOString() }
  },
]

/** What a gift could be of what is left: nothing of less than the least, for to give that is no way out. */
function giveable(left: bigint, { pointsMin }: GiftLimits): bigint {
  return left >= pointsMin ? left : 0n
}
