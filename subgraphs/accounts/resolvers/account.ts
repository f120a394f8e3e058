import { parseId } from '../../../platform/ids.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
  displayName: ({ display_name }) => display_name,
  language: ({ language }) => (language === 'ru' ? 'RU' : 'EN'),
  members: ({ id }, _, { members }) => members.load(id),
  identities: ({ id }, _, { identities }) => identities.load(id),
}
