import type { BalanceChangeResolvers } from '../generated/resolvers.ts'

export const balanceChange: BalanceChangeResolvers = {
  sequence: ({ sequence }) => String(sequence),
  line: ({ line_id, ...balance }) => ({ id: line_id, balance }),
}
