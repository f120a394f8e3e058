import { parseId } from '../../../platform/ids.ts'
import { parsePhone } from '../../../platform/phone.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'

export const query: QueryResolvers = {
  viewer: (_, _arguments, { grant }) => (grant.accountId === null ? null : { id: grant.accountId }),

  line: (_, { id }, { grant, lines }) => {
    const lineId = parseId(id)
    return lineId === null ? null : lines.load({ lineId, ...grant })
  },

  lineByPhone: async (_, { phone }, { grant, lines, lineIdsByPhone }) => {
    const number = parsePhone(phone)
    const lineId = number === null ? null : await lineIdsByPhone.load(number)
    return lineId === null ? null : lines.load({ lineId, ...grant })
  },

  subscriberByPhone: async (_, { phone }, { subscribers }) => {
    const subscriber = await subscribers.load(phone)
    return (
      subscriber && {
        lineId: subscriber.line_id,
        ownerAccountId: subscriber.owner_account_id,
        isBlocked: subscriber.status === 'BLOCKED',
      }
    )
  },
}
