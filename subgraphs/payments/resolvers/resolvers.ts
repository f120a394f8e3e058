import type { Resolvers } from '../generated/resolvers.ts'
import { autoPayment } from './auto-payment.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { line } from './line.ts'
import { liveBalance } from './live-balance.ts'
import { query } from './query.ts'
import { recurringMutations } from './recurring-mutations.ts'
import { spendCap, spendCapAlert } from './spend-cap.ts'
import { subscription } from './subscription.ts'

export const resolvers = {
  Query: query,
  Mutation: recurringMutations,
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
  AutoPayment: autoPayment,
  SpendCap: spendCap,
  SpendCapAlert: spendCapAlert,
  LiveBalance: liveBalance,
} satisfies Resolvers
