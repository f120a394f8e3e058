import type { LedgerKind } from '../../ledger/kinds.ts'

/** What is paid with earns points: the operator's own services. What is given back takes from what comes next. */
export const EARNING_KINDS: readonly LedgerKind[] = ['SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'COMPENSATION']

export interface Earning {
  readonly points: bigint
  /** Kopecks that were not enough for another point; below zero where more was given back than had been counted. */
  readonly remainder: bigint
}

/** The points for kopecks spent, on top of those that were left over the last time. */
export function earn(remainder: bigint, spent: bigint, kopecksPerPoint: bigint): Earning {
  const total = remainder + spent
  if (total < kopecksPerPoint) return { points: 0n, remainder: total }
  return { points: total / kopecksPerPoint, remainder: total % kopecksPerPoint }
}
