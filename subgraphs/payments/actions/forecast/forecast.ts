import type { ComingCharge } from './charge-source.ts'

/** A coming charge and what is left after it. */
export interface ForecastCharge extends ComingCharge {
  readonly spendableAfter: bigint
}

/** What will become of a line's money, as far as it is known. */
export interface LineForecast {
  readonly asOf: Date
  readonly until: Date
  /** Kopecks that services can be paid with now. */
  readonly spendable: bigint
  /** The earliest first. */
  readonly charges: readonly ForecastCharge[]
  /** When something finds less than it takes; null when all that is known is covered. */
  readonly runsOutAt: Date | null
  /** Kopecks that are missing where it is worst; zero when nothing is. */
  readonly shortfall: bigint
}

interface ForecastStart {
  readonly asOf: Date
  readonly until: Date
  readonly spendable: bigint
}

/** Takes what is coming from what there is, one after another. */
export function forecast(start: ForecastStart, coming: readonly ComingCharge[]): LineForecast {
  let spendable = start.spendable
  let lowest = start.spendable
  let runsOutAt = start.spendable < 0n ? start.asOf : null
  const charges = coming.toSorted(byMoment).map((charge): ForecastCharge => {
    spendable += charge.amount
    if (spendable < lowest) lowest = spendable
    if (spendable < 0n) runsOutAt ??= charge.dueAt
    return { ...charge, spendableAfter: spendable }
  })
  return { ...start, charges, runsOutAt, shortfall: lowest < 0n ? -lowest : 0n }
}

/**
 * Of one moment what is taken stands first, the most of all: nobody is promised that money comes in time for it. A
 * promise ends after them: if by an automatic payment, that is there by then.
 */
function byMoment(a: ComingCharge, b: ComingCharge): number {
  const promisesLast = Number(a.kind === 'PROMISED_PAYMENT_DUE') - Number(b.kind === 'PROMISED_PAYMENT_DUE')
  return a.dueAt.getTime() - b.dueAt.getTime() || promisesLast || Number(a.amount - b.amount)
}
