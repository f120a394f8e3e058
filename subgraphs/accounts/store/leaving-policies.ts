import { z } from 'zod'

/** The policies of changes of credentials, of closing an account and of taking one's data along. */
export const leavingPolicies = {
  /** A session confirms who acts for so long after it was opened. */
  'confirmation.freshMinutes': z.int().min(1).max(60),
  /** Credentials rest for so long after a change of a SIM; 0 for not at all. */
  'simSwap.holdHours': z.int().min(0).max(720),
  /** An export lies ready for so long. */
  'export.keepDays': z.int().min(1).max(30),
  'export.linkMinutes': z.int().min(1).max(60),
}
