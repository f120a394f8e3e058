import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { merchantQueries } from './purchases.ts'

export const query: QueryResolvers = {
  personalPaymentData: (_, { lineId, after }, { personalPaymentData }) => personalPaymentData(lineId, after ?? null),

  ...merchantQueries,

  lineBalance: (_, { lineId }, { grant, balances }) => {
    const id = parseId(lineId)
    return id === null ? null : balances.load({ lineId: id, ...grant })
  },
}
