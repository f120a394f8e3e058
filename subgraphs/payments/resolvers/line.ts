import { parseId } from '../../../platform/ids.ts'
import type { LineResolvers } from '../generated/resolvers.ts'
import { linePromises } from './promised-payments.ts'

export const line: LineResolvers = {
  __resolveReference: ({ id }) => {
    const lineId = parseId(id)
    return lineId === null ? null : { id: lineId }
  },
  balance: ({ id, balance }, _, { grant, balances }) => balance ?? balances.load({ lineId: id, ...grant }),
  ...linePromises,
  bonuses: async ({ id }, _, { grant, balances }) => {
    const balance = await balances.load({ lineId: id, ...grant })
    return balance && { ...balance, lineId: id, grant }
  },
}
