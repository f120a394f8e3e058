import type { Resolvers } from '../generated/resolvers.ts'
import { autoPayment } from './auto-payment.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { card } from './card.ts'
import { comingCharge, forecastOfLine } from './forecast.ts'
import { line } from './line.ts'
import { liveBalance } from './live-balance.ts'
import { mutation } from './mutation.ts'
import { pastBalance } from './past-balance.ts'
import { payment } from './payment.ts'
import { promisedPayment, promisedPaymentEligibility, promisedPaymentOffer } from './promised-payments.ts'
import { merchant, purchaseQuote } from './purchases.ts'
import { query } from './query.ts'
import { spendCap, spendCapAlert } from './spend-cap.ts'
import { kindTotal, spendingOfLine, spendingPeriod } from './spending.ts'
import { bonusEntry, ledgerEntry, ledgerEntryExplanation } from './statement.ts'
import { subscription } from './subscription.ts'
import { transferQuote } from './transfers.ts'

export const resolvers = {
  Query: query,
  Mutation: mutation,
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
  BonusEntry: bonusEntry,
  Payment: payment,
  Merchant: merchant,
  PurchaseQuote: purchaseQuote,
  TransferQuote: transferQuote,
  PromisedPayment: promisedPayment,
  PromisedPaymentEligibility: promisedPaymentEligibility,
  PromisedPaymentOffer: promisedPaymentOffer,
  LedgerEntry: ledgerEntry,
  LedgerEntryExplanation: ledgerEntryExplanation,
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
  Card: card,
} satisfies Resolvers
