import { z } from 'zod'

const kopecks = z.int().min(1).max(100_000_000)

/** The policies of payments by card. */
export const cardPolicies = {
  /** Of one top-up. */
  'topUp.kopecksMin': kopecks,
  'topUp.kopecksMax': kopecks,
  /** Onto one line within 24 hours, those included that are under way. */
  'topUp.dayKopecksMax': z.int().min(1).max(1_000_000_000),
  /** How many of a line may be begun in 24 hours: each is a request to the acquirer. */
  'topUp.dayCountMax': z.int().min(1).max(10_000),
  /** For so long a customer can pay. Shorter than the acquirer remembers keys, which is a day. */
  'topUp.minutes': z.int().min(5).max(1_380),
  /** Cards that one account keeps. */
  'card.savedMax': z.int().min(1).max(100),
  /** Before the acquirer is asked again; each pause is twice the one before, up to `pauseSecondsMax`. */
  'acquirer.pauseSeconds': z.int().min(1).max(3_600),
  'acquirer.pauseSecondsMax': z.int().min(1).max(86_400),
  /** What the acquirer has not said so long after a payment's time is over, or a refund began, is asked for once a day. */
  'acquirer.followDays': z.int().min(1).max(60),
  /** In receipts: the rate of VAT and the system of taxes, by the acquirer's tables. */
  'receipt.vatCode': z.int().min(1).max(12),
  'receipt.taxSystemCode': z.int().min(1).max(6),
  /** Where the acquirer's day begins: Moscow is 180 minutes ahead of UTC. */
  'reconciliation.utcOffsetMinutes': z.int().min(-720).max(840),
}
