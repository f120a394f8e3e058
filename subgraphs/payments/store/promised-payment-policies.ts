import { z } from 'zod'

const kopecks = z.int().min(0).max(100_000_000)
/** Whoever has spent at most so much gets at most so much. */
const tier = z.object({ spentMaxKopecks: kopecks.nullable(), amountKopecks: kopecks.min(1) })

/** The policies of promised payments. */
export const promisedPaymentPolicies = {
  /** In the order of what was spent; the last is for whoever has spent more. */
  'promisedPayment.tiers': z
    .array(tier)
    .min(1)
    .max(10)
    .refine(isRising, 'is in the order of what was spent, and ends with null for all that is more'),
  'promisedPayment.amountMinKopecks': kopecks.min(1),
  /** What was spent is counted over so many days. */
  'promisedPayment.spendingDays': z.int().min(1).max(366),
  'promisedPayment.termHours': z.int().min(1).max(720),
  /** So long before it is due its line's owner is reminded; one that is taken for less is not. */
  'promisedPayment.remindHoursBefore': z.int().min(1).max(720),
  'promisedPayment.feeKopecks': kopecks,
  /** Up to this amount there is no fee. */
  'promisedPayment.withoutFeeKopecks': kopecks,
  /** Whoever has less gets none: below zero for a debt that does not stand in the way. */
  'promisedPayment.balanceMinKopecks': z.int().min(-100_000_000).max(100_000_000),
  /** For so many days after a line was put into service its balance must be above zero. */
  'promisedPayment.newSubscriberDays': z.int().min(0).max(3_650),
}

function isRising(tiers: readonly z.output<typeof tier>[]): boolean {
  const bounds = tiers.map(({ spentMaxKopecks }) => spentMaxKopecks ?? Number.POSITIVE_INFINITY)
  return bounds.at(-1) === Number.POSITIVE_INFINITY && bounds.every((bound, place) => bound > (bounds[place - 1] ?? -1))
}
