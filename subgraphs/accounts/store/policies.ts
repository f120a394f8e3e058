import { z } from 'zod'

/** The policies of accounts: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const accountsPolicies = z.object({
  'session.accessTokenSeconds': z.int().min(60).max(3_600),
  /** A session that was not used for so long has ended. */
  'session.idleDays': z.int().min(1).max(3_650),
  /** For so long the refresh token before the newest is still answered, on the device that used it. */
  'session.graceSeconds': z.int().min(0).max(60),
  /** How long an invitation to act for an organization can be accepted. */
  'invitation.ttlHours': z.int().min(1).max(2_160),
  /** How many invitations of an organization may wait at once. */
  'invitation.pendingMax': z.int().min(1).max(1_000),
  /** How many invitations an organization may send in 24 hours: each is a text message to somebody. */
  'invitation.dayMax': z.int().min(1).max(10_000),
})
export type AccountsPolicies = z.output<typeof accountsPolicies>
