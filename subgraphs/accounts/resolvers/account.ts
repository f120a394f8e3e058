import { parseId } from '../../../platform/ids.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'
import { preferencesOf } from '../notices/categories.ts'
import { notices } from './notices.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
  displayName: ({ display_name }) => display_name,
  language: ({ language }) => (language === 'ru' ? 'RU' : 'EN'),
  members: ({ id }, _, { members }) => members.load(id),
  notices,
  unreadNoticeCount: ({ id }, _, { unreadNoticeCounts }) => unreadNoticeCounts.load(id),
  notificationPreferences: async ({ id }, _, { notificationSettings }) =>
    preferencesOf(await notificationSettings.load(id)),
}
