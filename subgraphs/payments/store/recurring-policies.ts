import { z } from 'zod'

const kopecks = z.int().min(1).max(1_000_000_000)

/** Policies of automatic payments. */
export const autoPaymentPolicies = {
  /** The least and the most that one takes from the card. */
  'autoPayment.amountMinKopecks': kopecks,
  'autoPayment.amountMaxKopecks': kopecks,
  /** The balances below which one may be asked to top up. */
  'autoPayment.thresholdMinKopecks': kopecks,
  'autoPayment.thresholdMaxKopecks': kopecks,
  /** At which hour of its day one by calendar takes place. */
  'autoPayment.hour': z.int().min(0).max(23),
  /** After so many refusals in a row it is off. */
  'autoPayment.refusalsMax': z.int().min(1).max(10),
  /** How long it waits after the first refusal, after the second and so on; the last is used again. */
  'autoPayment.retryPausesMinutes': z.array(z.int().min(1).max(43_200)).min(1),
  /** How long it waits when the balance is still too low after it has topped up. */
  'autoPayment.thresholdPauseMinutes': z.int().min(1).max(43_200),
  /** How long it waits before an acquirer that gave no clear answer is asked again; the last is used again. */
  'autoPayment.askAgainSeconds': z.array(z.int().min(1).max(86_400)).min(1),
}

/** Policies of caps on spending. */
export const spendCapPolicies = {
  'spendCap.amountMinKopecks': kopecks,
  'spendCap.amountMaxKopecks': kopecks,
  /** At which parts of the cap it is told. */
  'spendCap.alertPercents': z.array(z.int().min(1).max(100)),
}

/** Policies of the paid service of seeing the balance as it changes. */
export const liveBalancePolicies = {
  'liveBalance.dailyFeeKopecks': z.int().min(0).max(100_000),
  /** For so long switching it on can be undone. */
  'liveBalance.undoMinutes': z.int().min(0).max(1_440),
  /** Whether changes of a balance are shown only to those whose line has the service. */
  'liveBalance.isRequired': z.boolean(),
}
