import { parseId } from '../../../platform/ids.ts'
import type { LineResolvers } from '../generated/resolvers.ts'

export const line: LineResolvers = {
  __resolveReference: ({ id }) => {
    const lineId = parseId(id)
    return lineId === null ? null : { id: lineId }
  },
  balance: ({ id, balance }, _, { grant, balances }) => balance ?? balances.load({ lineId: id, ...grant }),
  bonuses: async ({ id }, _, { grant, balances }) => {
    const balance = await balances.load({ lineId: id, ...grant })
    return balance && { ...balance, lineId: id, grant }
  },
  autoPayments: ({ id }, _, { grant, autoPayments }) => autoPayments.load({ lineId: id, ...grant }),
  spendCap: ({ id }, _, { grant, spendCaps }) => spendCaps.load({ lineId: id, ...grant }),
  liveBalance: ({ id }, _, { grant, liveBalances }) => liveBalances.load({ lineId: id, ...grant }),
}
