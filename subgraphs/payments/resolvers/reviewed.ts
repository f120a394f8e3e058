import { balanceUnderReview } from '../../../platform/errors.ts'

/** What was read of a line's money, if it may be told: what does not reconcile is an error and never a number. */
export function reviewed<Row extends { readonly is_under_review: boolean }>(row: Row | null): Row | null {
  if (row?.is_under_review) throw balanceUnderReview()
  return row
}
