import { LINE_RIGHTS } from '../../../../platform/access/rights.ts'
import type { CappedSpending } from '../../ledger/spending.ts'

/** The month's cap does not let a line spend so much more. Amounts are kopecks, null for who may not see them. */
export interface SpendCapReached {
  readonly code: 'SPEND_CAP_REACHED'
  readonly cap: bigint | null
  readonly left: bigint | null
  /** When the month is over and it can be spent again. */
  readonly resetsAt: Date
  /** Whether who is told may raise or remove the cap. */
  readonly isTheirs: boolean
}

/** The same as JSON, for what is kept with a client's key; amounts are kopecks. */
export interface KeptSpendCapReached {
  readonly code: 'SPEND_CAP_REACHED'
  readonly cap: string | null
  readonly left: string | null
  readonly resetsAt: string
  /** Not there in what was kept before it was looked at. */
  readonly isTheirs?: boolean
}

export function toKept({ cap, left, resetsAt, ...kept }: SpendCapReached): KeptSpendCapReached {
  const amounts = { cap: cap === null ? null : String(cap), left: left === null ? null : String(left) }
  return { ...kept, ...amounts, resetsAt: resetsAt.toISOString() }
}

export function fromKept({ cap, left, resetsAt, isTheirs = true, ...kept }: KeptSpendCapReached): SpendCapReached {
  const amounts = { cap: cap === null ? null : BigInt(cap), left: left === null ? null : BigInt(left) }
  return { ...kept, ...amounts, resetsAt: new Date(resetsAt), isTheirs }
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
  return { code: 'SPEND_CAP_REACHED', cap: spending.cap, left: left > 0n ? left : 0n, resetsAt, isTheirs: true }
}

/** As it is told to whoever has such rights on the line: what that spends is not for who may only pay or only manage. */
export function toldTo(rights: number, reached: SpendCapReached): SpendCapReached {
  const told = { ...reached, isTheirs: (rights & LINE_RIGHTS.MANAGE) !== 0 }
  return (rights & LINE_RIGHTS.VIEW) === 0 ? { ...told, cap: null, left: null } : told
}

/** The levels, in percents of the cap, that the spending has reached. */
export function reachedLevels({ cap, spent }: CappedSpending, percents: readonly number[]): number[] {
  return percents.filter((percent) => spent * 100n >= cap * BigInt(percent))
}
