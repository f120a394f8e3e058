import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { balanceChange } from './balance-change.ts'
import { bonuses } from './bonuses.ts'
import { card } from './card.ts'
import { cardMutations } from './card-mutations.ts'
import { line } from './line.ts'
import { payment } from './payment.ts'
import { query } from './query.ts'
import { subscription } from './subscription.ts'

export const resolvers = {
  Query: query,
  Mutation: { ...cardMutations },
  Subscription: subscription,
  BalanceChange: balanceChange,
  Line: line,
  Balance: balance,
  Bonuses: bonuses,
  Card: card,
  Payment: payment,
} satisfies Resolvers
