import { toMoney } from '../../../platform/money.ts'
import type { BalanceResolvers } from '../generated/resolvers.ts'

export const balance: BalanceResolvers = {
  available: ({ posted_kopecks, reserved_kopecks }, _, { currencyCode }) =>
    toMoney(posted_kopecks - reserved_kopecks, currencyCode),
  reserved: ({ reserved_kopecks }, _, { currencyCode }) => toMoney(reserved_kopecks, currencyCode),
  // The ledger itself was read, not a copy, so the value is as fresh as the request.
  asOf: ({ as_of }) => as_of,
}
