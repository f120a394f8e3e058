import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { charges } from './charges.ts'
import { line } from './line.ts'
import { mutation } from './mutation.ts'
import { payment } from './payments.ts'
import { promisedPayment, promisedPaymentEligibility, promisedPaymentOffer } from './promised-payments.ts'
import { merchant, purchaseQuote } from './purchases.ts'
import { query } from './query.ts'
import { subscription } from './subscription.ts'
import { transferQuote } from './transfers.ts'

export const resolvers = {
  Query: query,
  Mutation: mutation,
  Mutation: { ...charges },
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
  Payment: payment,
  Merchant: merchant,
  PurchaseQuote: purchaseQuote,
  TransferQuote: transferQuote,
  PromisedPayment: promisedPayment,
  PromisedPaymentEligibility: promisedPaymentEligibility,
  PromisedPaymentOffer: promisedPaymentOffer,
} satisfies Resolvers
