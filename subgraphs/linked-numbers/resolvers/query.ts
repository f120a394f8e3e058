import { parseId } from '../../../platform/ids.ts'
import { readPageSize } from '../../../platform/pagination.ts'
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

  ownedLines: (_, { accountId, first, after }, { ownedLines }) =>
    ownedLines(accountId, { first: readPageSize(first), after: after ?? null }),

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

  personalAccountData: (_, { accountId, after }, { personalAccountData }) =>
    personalAccountData(accountId, after ?? null),
  personalNumberData: (_, { lineId, after }, { personalNumberData }) => personalNumberData(lineId, after ?? null),
}
