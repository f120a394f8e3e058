import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { merchantQueries } from './purchases.ts'
import { reviewed } from './reviewed.ts'

export const query: QueryResolvers = {
  personalPaymentData: (_, { lineId, after }, { personalPaymentData }) => personalPaymentData(lineId, after ?? null),

  ...merchantQueries,

  lineBalance: async (_, { lineId }, { grant, balances }) => {
    const id = parseId(lineId)
    return id === null ? null : reviewed(await balances.load({ lineId: id, ...grant }))
  },
}
