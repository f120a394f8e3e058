import { z } from 'zod'

/** The policies of payments: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const paymentsPolicies = z.object({
  /** How long bonus points are good after they were earned. */
  'bonus.ttlMonths': z.int().min(1).max(120),
})
