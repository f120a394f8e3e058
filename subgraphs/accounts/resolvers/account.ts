import { parseId } from '../../../platform/ids.ts'
import { readPageSize } from '../../../platform/pagination.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'
import { toConnection } from './connection.ts'
import { readConversationPlace } from './conversation-places.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
  displayName: ({ display_name }) => display_name,
  language: ({ language }) => (language === 'ru' ? 'RU' : 'EN'),
  members: ({ id }, _, { members }) => members.load(id),
  conversations: async ({ id: accountId }, { first, after }, { consultant }) => {
    const size = readPageSize(first)
    const afterId = readConversationPlace(after)
    const rows = await consultant.conversationPages.load({ accountId, first: size, afterId })
    return toConnection(rows, { size, isFirst: afterId === null, place: ({ id }) => id })
  },
}
