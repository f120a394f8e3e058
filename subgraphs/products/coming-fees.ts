import { chargesBetween } from './billing.ts'
import type { LinePriceRow } from './store/line-prices.ts'

/** A fee of a line at one price, and when it is due. */
export interface DatedFee extends LinePriceRow {
  readonly dueAt: readonly Date[]
}

/** What will be charged for products of lines after `now` and before `until`, out of the versions of their prices. */
export function comingFees(prices: readonly LinePriceRow[], now: Date, until: Date): DatedFee[] {
  const products = Map.groupBy(prices, ({ product_id }) => product_id)
  return [...products.values()].flatMap((versions) => feesOfProduct(versions, now, until))
}

/** Of the versions that have begun at a moment the one with the highest number counts, as when the fee is charged. */
function feesOfProduct(prices: readonly LinePriceRow[], now: Date, until: Date): DatedFee[] {
  const fees: DatedFee[] = []
  let end = until
  for (const price of prices.toSorted((a, b) => b.version - a.version)) {
    if (price.valid_from >= end) continue
    const dueAt = chargesBetween(price, startOf(price, now), end)
    if (dueAt.length > 0) fees.push({ ...price, dueAt })
    end = price.valid_from
    if (end <= now) break
  }
  return fees.reverse()
}

/** A price counts at the very moment at which it begins; what is due at `now` is due already. */
function startOf({ valid_from }: LinePriceRow, now: Date): Date {
  return valid_from > now ? new Date(valid_from.getTime() - 1) : now
}
