import { toMoney } from '../../../platform/money.ts'
import type { SpendCapAlertResolvers, SpendCapResolvers } from '../generated/resolvers.ts'

export const spendCap: SpendCapResolvers = {
  limit: ({ monthly_amount }, _, { currencyCode }) => toMoney(monthly_amount, currencyCode),
  spent: ({ spent }, _, { currencyCode }) => toMoney(spent, currencyCode),
  remaining: ({ monthly_amount, spent }, _, { currencyCode }) =>
    toMoney(spent < monthly_amount ? monthly_amount - spent : 0n, currencyCode),
  asOf: ({ as_of }) => as_of,
}

export const spendCapAlert: SpendCapAlertResolvers = {
  toldAt: ({ told_at }) => new Date(told_at),
}
