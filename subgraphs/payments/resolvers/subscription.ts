import { badUserInput } from '../../../platform/errors.ts'
import { parseSequence } from '../../../platform/events/sequence.ts'
import { parseId } from '../../../platform/ids.ts'
import { onlyValue } from '../../../platform/iterators.ts'
import type { SubscriptionResolvers } from '../generated/resolvers.ts'
import type { BalanceChangeRow } from '../store/balance-changes.ts'

export const subscription: SubscriptionResolvers = {
  balanceChanged: {
    subscribe: (_, { lineId, afterSequence }, { grant, balanceChanges }) => {
      const after = parseSequence(afterSequence)
      if (after === undefined) throw badUserInput('`afterSequence` is the `sequence` of an earlier change.')
      const id = parseId(lineId)
      // What cannot be an id is a line that is not there.
      return id === null ? onlyValue(null) : balanceChanges.watch({ lineId: id, ...grant }, after)
    },
    resolve: (change: BalanceChangeRow | null) => change,
  },
}
