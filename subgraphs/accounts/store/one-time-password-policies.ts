import { z } from 'zod'

/** From and to, in milliseconds. */
const rangeMs = z
  .tuple([z.int().min(0).max(600_000), z.int().min(0).max(600_000)])
  .refine(([from, to]) => from < to, 'a range goes from less to more')

/** The policies of captchas and one-time passwords. */
export const oneTimePasswordPolicies = {
  'captcha.ttlSeconds': z.int().min(30).max(3_600),
  /** Rounds of one derivation; a proof takes some 256 derivations to find and one to check. */
  'captcha.proofOfWorkCost': z.int().min(1).max(1_000_000),
  'captcha.perAddressHour': z.int().min(1).max(1_000_000),
  'otp.ttlSeconds': z.int().min(60).max(604_800),
  /** For so long after a newer password the one before it still works. */
  'otp.overlapSeconds': z.int().min(0).max(86_400),
  /** A password is dead after so many wrong tries. */
  'otp.triesPerCode': z.int().min(1).max(10),
  /** A number takes so many wrong tries in any 24 hours, whatever the way. */
  'otp.wrongTriesPerDay': z.int().min(1).max(100),
  'otp.guessesPerAddressHour': z.int().min(1).max(1_000_000),
  'otp.guessesPerDeviceHour': z.int().min(1).max(1_000_000),
  /** After the first; twice as long after each next one of the same day. */
  'otp.resendPauseSeconds': z.int().min(1).max(3_600),
  'otp.resendPauseMaxSeconds': z.int().min(1).max(86_400),
  /** For so long after a captcha passwords are sent again without another. */
  'otp.resendWithinSeconds': z.int().min(60).max(86_400),
  /** The first and those sent again without another captcha. */
  'otp.sendsPerRequest': z.int().min(1).max(20),
  'otp.sendsPerDay': z.int().min(1).max(100),
  /** Passwords shown on the telephone's own screen, by USSD, for one number. */
  'otp.screensPerHour': z.int().min(1).max(100),
  'otp.sendsPerAddressHour': z.int().min(1).max(1_000_000),
  'otp.sendsPerDeviceHour': z.int().min(1).max(1_000_000),
  /** To numbers that begin alike: ten thousand of them, all but the last four digits. */
  'otp.sendsPerPrefixHour': z.int().min(1).max(1_000_000),
  /** Of the whole operator: what paid traffic may cost at most. */
  'otp.sendsPerHour': z.int().min(1).max(100_000_000),
  /** Answers about a number are told in steps of so much, so that their time does not tell whether it is anybody's. */
  'otp.answerStepMs': z.int().min(5).max(1_000),
  /** What is told of messages that are not sent; to be set to what the real ones show. */
  'otp.decoySentMs': rangeMs,
  'otp.decoyDeliveredMs': rangeMs,
  'otp.decoyFailurePermille': z.int().min(0).max(1_000),
}
