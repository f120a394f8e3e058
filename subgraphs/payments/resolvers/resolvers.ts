import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { charges } from './charges.ts'
import { line } from './line.ts'
import { query } from './query.ts'
import { subscription } from './subscription.ts'

export const resolvers = {
  Query: query,
  Mutation: { ...charges },
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
} satisfies Resolvers
