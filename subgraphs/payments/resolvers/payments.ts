import { toMoney } from '../../../platform/money.ts'
import type { PaymentResolvers } from '../generated/resolvers.ts'

export const payment: PaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  createdAt: ({ created_at }) => created_at,
}
