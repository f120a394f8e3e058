import { z } from 'zod'
import { oneTimePasswordPolicies } from './one-time-password-policies.ts'

/** The policies of accounts: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const accountsPolicies = z.object({
  'session.accessTokenSeconds': z.int().min(60).max(3_600),
  /** A session that was not used for so long has ended. */
  'session.idleDays': z.int().min(1).max(3_650),
  /** For so long the refresh token before the newest is still answered, on the device that used it. */
  'session.graceSeconds': z.int().min(0).max(60),
  ...oneTimePasswordPolicies,
})
export type AccountsPolicies = z.output<typeof accountsPolicies>
