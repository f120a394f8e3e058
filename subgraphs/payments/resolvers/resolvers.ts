import type { Resolvers } from '../generated/resolvers.ts'
import { autoPayment } from './auto-payment.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { charges } from './charges.ts'
import { comingCharge, forecastOfLine } from './forecast.ts'
import { line } from './line.ts'
import { mutation } from './mutation.ts'
import { payment } from './payments.ts'
import { promisedPayment, promisedPaymentEligibility, promisedPaymentOffer } from './promised-payments.ts'
import { merchant, purchaseQuote } from './purchases.ts'
import { pastBalance } from './past-balance.ts'
import { payment } from './payments.ts'
import { liveBalance } from './live-balance.ts'
import { query } from './query.ts'
import { kindTotal, spendingOfLine, spendingPeriod } from './spending.ts'
import { ledgerEntry, ledgerEntryExplanation } from './statement.ts'
import { recurringMutations } from './recurring-mutations.ts'
import { spendCap, spendCapAlert } from './spend-cap.ts'
import { subscription } from './subscription.ts'
import { transferQuote } from './transfers.ts'

export const resolvers = {
  Query: query,
  Mutation: mutation,
  Mutation: { ...charges },
  Mutation: recurringMutations,
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
  LedgerEntry: ledgerEntry,
  LedgerEntryExplanation: ledgerEntryExplanation,
  Payment: payment,
  Spending: spendingOfLine,
  SpendingPeriod: spendingPeriod,
  KindTotal: kindTotal,
  PastBalance: pastBalance,
  Forecast: forecastOfLine,
  ComingCharge: comingCharge,
  AutoPayment: autoPayment,
  SpendCap: spendCap,
  SpendCapAlert: spendCapAlert,
  LiveBalance: liveBalance,
} satisfies Resolvers
