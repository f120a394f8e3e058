import { toMoney } from '../../../platform/money.ts'
import type { PaymentResolvers } from '../generated/resolvers.ts'

export const payment: PaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  createdAt: ({ created_at }) => created_at,
}
import { toMoney } from '../../../platform/money.ts'
import { readIdCursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { LineResolvers, PaymentResolvers } from '../generated/resolvers.ts'

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

export const payment: PaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  createdAt: ({ created_at }) => created_at,
}
