import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { merchantQueries } from './purchases.ts'
import { reviewed } from './reviewed.ts'

export const query: QueryResolvers = {
  personalPaymentData: (_, { lineId, after }, { personalPaymentData }) => personalPaymentData(lineId, after ?? null),

  ...merchantQueries,

  personalPayerData: (_, { accountId, after }, { personalPayerData }) => personalPayerData(accountId, after ?? null),

  payment: (_, { lineId, id }, { grant, payments }) => {
    const [line, payment] = [parseId(lineId), parseId(id)]
    return line === null || payment === null ? null : payments.load({ lineId: line, paymentId: payment, ...grant })
  },

  cards: (_, _arguments, { cards, viewer }) => cards.ownCards(viewer),

  lineBalance: async (_, { lineId }, { grant, balances }) => {
    const id = parseId(lineId)
    return id === null ? null : reviewed(await balances.load({ lineId: id, ...grant }))
  },
}
