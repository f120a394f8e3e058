import { z } from 'zod'
import type { Versioned } from '../../../platform/policy/policies.ts'
import { cardPolicies } from './card-policies.ts'
import { promisedPaymentPolicies } from './promised-payment-policies.ts'
import { purchasePolicies } from './purchase-policies.ts'
import { autoPaymentPolicies, liveBalancePolicies, spendCapPolicies } from './recurring-policies.ts'
import { transferPolicies } from './transfer-policies.ts'

/** The policies of payments: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const paymentsPolicies = z.object({
  /** How long bonus points are good after they were earned. */
  'bonus.ttlMonths': z.int().min(1).max(120),
  /** How much has to be paid for services for one point. */
  'bonus.kopecksPerPoint': z.int().min(1).max(1_000_000),
  'bonus.giftPointsMin': z.int().min(1).max(1_000_000),
  'bonus.giftPointsMax': z.int().min(1).max(1_000_000),
  /** Out of a line on a day of the operator's. */
  'bonus.giftPointsPerDay': z.int().min(1).max(1_000_000),
  /** How far ahead one may ask what will become of the money. Products tell of fees for 366 days. */
  'forecast.daysMax': z.int().min(1).max(366),
  /** How long a client's key gives the same answer again. */
  'idempotency.ttlDays': z.int().min(1).max(365),
  /** How long money is set aside for who does not say. */
  'hold.ttlMinutes': z.int().min(1).max(10_080),
  ...transferPolicies,
  ...promisedPaymentPolicies,
  ...purchasePolicies,
  /** How long at most, for who does. */
  'hold.ttlMinutesMax': z.int().min(1).max(43_200),
  /** From which hour of the day on, by UTC, the ledger is audited. */
  'audit.utcHour': z.int().min(0).max(23),
  ...autoPaymentPolicies,
  ...spendCapPolicies,
  ...liveBalancePolicies,
  ...cardPolicies,
})

export type PaymentsPolicies = Versioned<z.output<typeof paymentsPolicies>>
