import { z } from 'zod'
import { autoPaymentPolicies, liveBalancePolicies, spendCapPolicies } from './recurring-policies.ts'

/** The policies of payments: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const paymentsPolicies = z.object({
  /** How long bonus points are good after they were earned. */
  'bonus.ttlMonths': z.int().min(1).max(120),
  /** How long a client's key gives the same answer again. */
  'idempotency.ttlDays': z.int().min(1).max(365),
  /** How long money is set aside for who does not say. */
  'hold.ttlMinutes': z.int().min(1).max(10_080),
  /** In whose days and months money is counted: a name of the IANA database. */
  'operator.timeZone': z.string().refine(isTimeZone, 'no time zone of the IANA database'),
  ...autoPaymentPolicies,
  ...spendCapPolicies,
  ...liveBalancePolicies,
})

export type PaymentsPolicies = z.output<typeof paymentsPolicies>

function isTimeZone(name: string): boolean {
  return name === 'UTC' || Intl.supportedValuesOf('timeZone').includes(name)
}
