import { z } from 'zod'

/** The policies of paying merchants. */
export const purchasePolicies = {
  /** How long a purchase that was shown can be confirmed. */
  'purchase.quoteMinutes': z.int().min(1).max(60),
  /** How often a person may ask in a day: each asking tells whether somebody has an account with a merchant. */
  'purchase.quotesPerDay': z.int().min(1).max(10_000),
  /** When a merchant that did not say how a purchase ended is asked again; twice as long after each time. */
  'purchase.askAgainSeconds': z.int().min(1).max(3_600),
  'purchase.askAgainSecondsMax': z.int().min(1).max(86_400),
}
