import { z } from 'zod'

/** The policies of accounts: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const accountsPolicies = z.object({
  /** For so long a notice is worth a text message. */
  'notice.messageHours': z.int().min(1).max(168),
  'session.accessTokenSeconds': z.int().min(60).max(3_600),
  /** A session that was not used for so long has ended. */
  'session.idleDays': z.int().min(1).max(3_650),
  /** For so long the refresh token before the newest is still answered, on the device that used it. */
  'session.graceSeconds': z.int().min(0).max(60),
})
export type AccountsPolicies = z.output<typeof accountsPolicies>
