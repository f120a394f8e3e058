import { z } from 'zod'
import { timeZonePolicy } from '../../../platform/policy/time-zone.ts'

const kopecks = z.int().min(0).max(100_000_000)

/** The policies of transfers, of what holds them, and of the days in which they are counted. */
export const transferPolicies = {
  'transfer.amountMinKopecks': kopecks.min(1),
  'transfer.amountMaxKopecks': kopecks.min(1),
  /** Out of a line on a day of the operator's, fees not counted. */
  'transfer.sentPerDayKopecks': kopecks,
  /** Into a line on a day of the operator's. */
  'transfer.receivedPerDayKopecks': kopecks,
  /** So much of the subscriber's own money stays on the line that a transfer leaves. */
  'transfer.mustStayKopecks': kopecks,
  'transfer.feeKopecks': kopecks,
  /** How long a transfer that was shown can be confirmed. */
  'transfer.quoteMinutes': z.int().min(1).max(60),
  /** How often a person may ask in a day: each asking tells whether a number is a subscriber's. */
  'transfer.quotesPerDay': z.int().min(1).max(10_000),
  /** Transfers rest for so long after a change of the SIM; 0 for not at all. */
  'simSwap.holdHours': z.int().min(0).max(720),
  /** In whose days and months money is counted. */
  'operator.timeZone': timeZonePolicy,
}
