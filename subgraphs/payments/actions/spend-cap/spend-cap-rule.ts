import type { CappedSpending } from '../../ledger/spending.ts'

/** The month's cap does not let a line spend so much more. Amounts are kopecks. */
export interface SpendCapReached {
  readonly code: 'SPEND_CAP_REACHED'
  readonly cap: bigint
  readonly left: bigint
  /** When the month is over and it can be spent again. */
  readonly resetsAt: Date
}

/** The same as JSON, for what is kept with a client's key; amounts are kopecks. */
export interface KeptSpendCapReached {
  readonly code: 'SPEND_CAP_REACHED'
  readonly cap: string
  readonly left: string
  readonly resetsAt: string
}

export function toKept({ code, cap, left, resetsAt }: SpendCapReached): KeptSpendCapReached {
  return { code, cap: String(cap), left: String(left), resetsAt: resetsAt.toISOString() }
}

export function fromKept({ code, cap, left, resetsAt }: KeptSpendCapReached): SpendCapReached {
  return { code, cap: BigInt(cap), left: BigInt(left), resetsAt: new Date(resetsAt) }
}

export interface SpendingFacts {
  /** Null when the line has no cap. */
  readonly spending: CappedSpending | null
  /** What is about to be spent. */
  readonly amount: bigint
  readonly resetsAt: Date
}

/** A rule for everything that somebody may leave undone: what was agreed to before the cap is charged all the same. */
export function spendCapRule({ spending, amount, resetsAt }: SpendingFacts): SpendCapReached | null {
  if (spending === null || spending.spent + amount <= spending.cap) return null
  const left = spending.cap - spending.spent
  return { code: 'SPEND_CAP_REACHED', cap: spending.cap, left: left > 0n ? left : 0n, resetsAt }
}

/** The levels, in percents of the cap, that the spending has reached. */
export function reachedLevels({ cap, spent }: CappedSpending, percents: readonly number[]): number[] {
  return percents.filter((percent) => spent * 100n >= cap * BigInt(percent))
}
