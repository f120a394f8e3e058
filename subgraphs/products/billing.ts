import type { Period } from './store/tables.ts'

/** What decides when a product is charged for. */
interface Charged {
  /** `YYYY-MM-DD`. */
  readonly activated_on: string
  readonly period: Period
  readonly fee_kopecks: bigint
}

/**
 * When the next fee is due: the first moment after `now` that lies whole periods after the day of activation. A month
 * without that day is charged on its last (the 31st becomes the 30th, and is the 31st again in the month after).
 * Null when nothing will be charged. Days are UTC.
 */
export function nextChargeAt(product: Charged, now: Date): Date | null {
  if (product.fee_kopecks === 0n || product.period === 'ONCE') return null
  const start = new Date(`${product.activated_on}T00:00:00Z`)
  if (start > now) return start
  if (product.period === 'DAY') return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1))
  const thisMonth = dayInMonth(now.getUTCFullYear(), now.getUTCMonth(), start.getUTCDate())
  return thisMonth > now ? thisMonth : dayInMonth(now.getUTCFullYear(), now.getUTCMonth() + 1, start.getUTCDate())
}

/** When fees of a product are due after one moment and before another, the earliest first. */
export function chargesBetween(product: Charged, after: Date, before: Date): Date[] {
  const charges: Date[] = []
  let next = nextChargeAt(product, after)
  while (next !== null && next < before) {
    charges.push(next)
    next = nextChargeAt(product, next)
  }
  return charges
}

function dayInMonth(year: number, month: number, day: number): Date {
  const daysInMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month, Math.min(day, daysInMonth)))
}
