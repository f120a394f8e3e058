import { z } from 'zod'
import { timeZonePolicy } from '../../../platform/policy/time-zone.ts'
import { consultantPolicies } from './consultant/policies.ts'
import { leavingPolicies } from './leaving-policies.ts'
import { oneTimePasswordPolicies } from './one-time-password-policies.ts'

/** What `session.graceSeconds` can be at most: what is older needs no remembering. */
export const SESSION_GRACE_SECONDS_MAX = 60

/** The policies of accounts: the rows of the table `policy`, each by name, with its unit last and its bounds. */
export const accountsPolicies = z.object({
  'session.accessTokenSeconds': z.int().min(60).max(3_600),
  /** A session that was not used for so long has ended. */
  'session.idleDays': z.int().min(1).max(3_650),
  /** A session that was not used for so long is deleted, should it have ended: its device is a new one from then on. */
  'session.retentionDays': z.int().min(1).max(3_650),
  /** For so long the refresh token before the newest is still answered, on the device that used it. */
  'session.graceSeconds': z.int().min(0).max(SESSION_GRACE_SECONDS_MAX),
  /** Of one person; who opens another ends the one that was used longest ago. */
  'session.openMax': z.int().min(1).max(100),
  'password.lengthMin': z.int().min(15).max(64),
  /** For so long after showing a one-time password its owner may set the cabinet password. */
  'password.freshSignInMinutes': z.int().min(1).max(60),
  /** For one telephone number within any 24 hours, from wherever they come; by address they count as codes do. */
  'password.wrongTriesPerDay': z.int().min(1).max(100),
  /** After so many the next has to wait: `pauseSeconds` at first, twice as long after each, up to `pauseSecondsMax`. */
  'password.triesWithoutPause': z.int().min(0).max(100),
  'password.pauseSeconds': z.int().min(0).max(3_600),
  'password.pauseSecondsMax': z.int().min(0).max(86_400),
  /** As `otp.answerStepMs`, for signing in with a password: longer, because hashing is. */
  'password.answerStepMs': z.int().min(5).max(1_000),
  ...oneTimePasswordPolicies,
  ...leavingPolicies,
  ...consultantPolicies,
  /** How long somebody may take at a provider of identities, from leaving to coming back. */
  'providerSignIn.minutes': z.int().min(1).max(60),
  /** How many sign-ins at providers may be begun from one address; customers and staff count apart. */
  'providerSignIn.startsPerAddressHour': z.int().min(1).max(1_000_000),
  /** After this staff show anew who they are; their roles are read anew with it. */
  'staff.sessionMinutes': z.int().min(5).max(720),
  /** How long an invitation to act for an organization can be accepted. */
  'invitation.ttlHours': z.int().min(1).max(2_160),
  /** How many invitations of an organization may wait at once. */
  'invitation.pendingMax': z.int().min(1).max(1_000),
  /** How many invitations an organization may send in 24 hours: each is a text message to somebody. */
  'invitation.dayMax': z.int().min(1).max(10_000),
  /** What became of text messages is kept for so long; longer than any of them is on its way. */
  'message.retentionDays': z.int().min(8).max(3_650),
  /** For so long a notice is worth a text message. */
  'notice.messageHours': z.int().min(1).max(168),
  /** In whose time people are told of moments; payments have one of this name for days and months. */
  'operator.timeZone': timeZonePolicy,
})
export type AccountsPolicies = z.output<typeof accountsPolicies>
