import { readIdCursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { LineResolvers } from '../generated/resolvers.ts'

/** A page of a line's payments, the newest first. */
export const payments: NonNullable<LineResolvers['payments']> = async (
  { id },
  { first, after },
  { grant, paymentPages },
) => {
  const size = readPageSize(first)
  const afterId = readIdCursor(after)
  const rows = await paymentPages.load({ lineId: id, ...grant, first: size, afterId })
  return rows && toPage(rows, { size, isFirst: afterId === null, cursorOf: (row) => row.id })
}
