import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { comingCharge, forecastOfLine } from './forecast.ts'
import { line } from './line.ts'
import { pastBalance } from './past-balance.ts'
import { payment } from './payments.ts'
import { query } from './query.ts'
import { kindTotal, spendingOfLine, spendingPeriod } from './spending.ts'
import { ledgerEntry, ledgerEntryExplanation } from './statement.ts'
import { subscription } from './subscription.ts'

export const resolvers = {
  Query: query,
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
  LedgerEntry: ledgerEntry,
  LedgerEntryExplanation: ledgerEntryExplanation,
  Payment: payment,
  Spending: spendingOfLine,
  SpendingPeriod: spendingPeriod,
  KindTotal: kindTotal,
  PastBalance: pastBalance,
  Forecast: forecastOfLine,
  ComingCharge: comingCharge,
} satisfies Resolvers
