import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'

export const query: QueryResolvers = {
  personalPaymentData: (_, { lineId, after }, { personalPaymentData }) => personalPaymentData(lineId, after ?? null),

  personalPayerData: (_, { accountId, after }, { personalPayerData }) => personalPayerData(accountId, after ?? null),

  payment: (_, { lineId, id }, { grant, payments }) => {
    const [line, payment] = [parseId(lineId), parseId(id)]
    return line === null || payment === null ? null : payments.load({ lineId: line, paymentId: payment, ...grant })
  },

  cards: (_, _arguments, { cards, viewer }) => cards.ownCards(viewer),

  lineBalance: (_, { lineId }, { grant, balances }) => {
    const id = parseId(lineId)
    return id === null ? null : balances.load({ lineId: id, ...grant })
  },
}
