import { z } from 'zod'
import { cardPolicies } from './card-policies.ts'

/** The policies of payments: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const paymentsPolicies = z.object({
  /** How long bonus points are good after they were earned. */
  'bonus.ttlMonths': z.int().min(1).max(120),
  /** How long a client's key gives the same answer again. */
  'idempotency.ttlDays': z.int().min(1).max(365),
  /** How long money is set aside for who does not say. */
  'hold.ttlMinutes': z.int().min(1).max(10_080),
  ...cardPolicies,
})

export type PaymentsPolicies = z.output<typeof paymentsPolicies>
