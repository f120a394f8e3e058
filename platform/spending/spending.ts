import { z } from 'zod'

/** What one gateway let one sender ask for since it last told. */
export const spendingReport = z.object({
  /** Whose: `viewer …` or `address …`. */
  key: z.string().min(1).max(200),
  spent: z.number().nonnegative().max(1e12),
  /** How much of what was spent is forgotten in a second. */
  forgottenPerSecond: z.number().positive().max(1e12),
})
export type SpendingReport = z.output<typeof spendingReport>

export const spendingReports = z.array(spendingReport).max(1_000)

/** Where all gateways tell what was spent, and learn what the others told: how much stands for each, in order. */
export interface SpendingLedger {
  tell(reports: readonly SpendingReport[]): Promise<readonly number[]>
}
