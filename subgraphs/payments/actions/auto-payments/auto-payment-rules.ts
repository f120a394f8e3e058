import { createCalendar } from '../../../../platform/calendar.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Schedule } from '../../store/recurring-tables.ts'
import type { Rule } from '../rules.ts'
import type { AutoPaymentRules } from './plan.ts'

/** What somebody asks for, and what is known of their card. */
export interface AutoPaymentWish {
  readonly amount: bigint
  readonly threshold: bigint | null
  readonly schedule: Schedule | null
  readonly monthlyCap: bigint | null
  readonly isCardUsable: boolean
  /** How much a month the organization lets its member spend who asks; null without a limit. */
  readonly memberLimit: bigint | null
  readonly policies: PaymentsPolicies
}

/** A rule that does not let an automatic payment be, with what its text needs; amounts are kopecks. */
export type AutoPaymentObstacle =
  | { readonly code: 'AMOUNT_OUT_OF_RANGE' | 'THRESHOLD_OUT_OF_RANGE'; readonly min: bigint; readonly max: bigint }
  | { readonly code: 'CAP_BELOW_AMOUNT'; readonly amount: bigint }
  | { readonly code: 'MEMBER_LIMIT'; readonly limit: bigint }
  | { readonly code: 'THRESHOLD_OR_SCHEDULE_REQUIRED' | 'THRESHOLD_AND_SCHEDULE' | 'CARD_NOT_FOUND' }

/** What must hold for an automatic payment; all of it is looked at. */
export const AUTO_PAYMENT_RULES: readonly Rule<AutoPaymentWish, AutoPaymentObstacle>[] = [
  ({ amount, policies }) => {
    const min = BigInt(policies['autoPayment.amountMinKopecks'])
    const max = BigInt(policies['autoPayment.amountMaxKopecks'])
    return amount < min || amount > max ? { code: 'AMOUNT_OUT_OF_RANGE', min, max } : null
  },
  ({ threshold, policies }) => {
    const min = BigInt(policies['autoPayment.thresholdMinKopecks'])
    const max = BigInt(policies['autoPayment.thresholdMaxKopecks'])
    return threshold !== null && (threshold < min || threshold > max)
      ? { code: 'THRESHOLD_OUT_OF_RANGE', min, max }
      : null
  },
  ({ threshold, schedule }) =>
    threshold === null && schedule === null ? { code: 'THRESHOLD_OR_SCHEDULE_REQUIRED' } : null,
  ({ threshold, schedule }) => (threshold !== null && schedule !== null ? { code: 'THRESHOLD_AND_SCHEDULE' } : null),
  ({ amount, monthlyCap }) =>
    monthlyCap !== null && monthlyCap < amount ? { code: 'CAP_BELOW_AMOUNT', amount } : null,
  // What goes on by itself keeps within a limit by a cap of its own.
  ({ monthlyCap, memberLimit: limit }) =>
    limit !== null && (monthlyCap === null || monthlyCap > limit) ? { code: 'MEMBER_LIMIT', limit } : null,
  ({ isCardUsable }) => (isCardUsable ? null : { code: 'CARD_NOT_FOUND' }),
]

/** By what automatic payments go now. */
export function autoPaymentRules(policies: PaymentsPolicies): AutoPaymentRules {
  return {
    calendar: createCalendar(policies['operator.timeZone']),
    hour: policies['autoPayment.hour'],
    refusalsMax: policies['autoPayment.refusalsMax'],
    retryPausesMinutes: policies['autoPayment.retryPausesMinutes'],
    thresholdPauseMinutes: policies['autoPayment.thresholdPauseMinutes'],
  }
}
