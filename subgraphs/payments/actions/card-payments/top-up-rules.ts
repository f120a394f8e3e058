import { leftForMember } from '../member-limit-rule.ts'
import { failedRules, type Rule } from '../rules.ts'

/** What a top-up is decided on. Amounts are kopecks. */
export interface TopUpFacts {
  readonly amount: bigint
  readonly amountMin: bigint
  readonly amountMax: bigint
  /** Whether there is the saved card that is to pay; true where none is named. */
  readonly isCardKnown: boolean
  /** Begun onto the line in 24 hours, without this one. */
  readonly dayKopecks: bigint
  readonly dayCount: number
  readonly dayKopecksMax: bigint
  readonly dayCountMax: number
  /** What the organization lets its member spend yet this month, of its saved cards too; null without a limit. */
  readonly memberLeft: bigint | null
}

export type TopUpFailed =
  | { readonly code: 'AMOUNT_OUT_OF_RANGE'; readonly minKopecks: bigint; readonly maxKopecks: bigint }
  | { readonly code: 'CARD_NOT_FOUND' }
  | { readonly code: 'DAY_AMOUNT_REACHED'; readonly leftKopecks: bigint; readonly maxKopecks: bigint }
  | { readonly code: 'DAY_COUNT_REACHED'; readonly countMax: number }
  | { readonly code: 'MEMBER_LIMIT'; readonly leftKopecks: bigint }

const RULES: readonly Rule<TopUpFacts, TopUpFailed>[] = [
  ({ amount, amountMin, amountMax }) => {
    if (amount >= amountMin && amount <= amountMax) return null
    return { code: 'AMOUNT_OUT_OF_RANGE', minKopecks: amountMin, maxKopecks: amountMax }
  },
  ({ isCardKnown }) => (isCardKnown ? null : { code: 'CARD_NOT_FOUND' }),
  ({ amount, dayKopecks, dayKopecksMax }) => {
    if (dayKopecks + amount <= dayKopecksMax) return null
    const left = dayKopecksMax - dayKopecks
    return { code: 'DAY_AMOUNT_REACHED', leftKopecks: left > 0n ? left : 0n, maxKopecks: dayKopecksMax }
  },
  ({ dayCount, dayCountMax }) => (dayCount < dayCountMax ? null : { code: 'DAY_COUNT_REACHED', countMax: dayCountMax }),
  ({ amount, memberLeft }) => {
    const leftKopecks = leftForMember(amount, memberLeft)
    return leftKopecks === null ? null : { code: 'MEMBER_LIMIT', leftKopecks }
  },
]

/** Everything that stands in the way of a top-up of this amount; nothing when it may be. */
export function failedTopUpRules(facts: TopUpFacts): TopUpFailed[] {
  return failedRules(RULES, facts)
}
