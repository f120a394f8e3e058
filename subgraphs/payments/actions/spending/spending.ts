import { LEDGER_KINDS, type LedgerKind } from '../../ledger/kinds.ts'
import type { DayRange, SpendingRows, SpendingTotal } from '../../store/spending.ts'

/** What came in and what was taken, in kopecks without a sign, and by how many entries. */
interface Sums {
  readonly received: bigint
  readonly spent: bigint
  readonly count: number
}

export interface KindSums extends Sums {
  readonly kind: LedgerKind
}

export interface PeriodSums extends DayRange, Sums {
  /** Kinds that have moved something. */
  readonly byKind: readonly KindSums[]
}

export interface LineSpending extends PeriodSums {
  readonly balanceBefore: bigint
  readonly balanceAfter: bigint
  readonly periods: readonly PeriodSums[]
  readonly asOf: Date
}

/** Puts the totals of the ledger into the intervals of a period; those in which nothing moved are there too. */
export function spendingOf(period: DayRange, intervals: readonly DayRange[], rows: SpendingRows): LineSpending {
  const byInterval = Map.groupBy(rows.totals, ({ interval_from }) => interval_from)
  const whole = toPeriod(period, rows.totals)
  return {
    ...whole,
    balanceBefore: rows.balance_before,
    balanceAfter: rows.balance_before + whole.received - whole.spent,
    periods: intervals.map((interval) => toPeriod(interval, byInterval.get(interval.from) ?? [])),
    asOf: rows.as_of,
  }
}

function toPeriod({ from, to }: DayRange, totals: readonly SpendingTotal[]): PeriodSums {
  const kinds = Map.groupBy(totals, ({ kind }) => kind)
  const byKind = LEDGER_KINDS.flatMap((kind) => {
    const ofKind = kinds.get(kind)
    return ofKind ? [{ kind, ...sumUp(ofKind) }] : []
  })
  return { from, to, ...sumUp(totals), byKind }
}

function sumUp(totals: readonly Sums[]): Sums {
  let [received, spent, count] = [0n, 0n, 0]
  for (const total of totals) {
    received += total.received
    spent += total.spent
    count += total.count
  }
  return { received, spent, count }
}
