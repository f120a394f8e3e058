import { parseId } from '../../../platform/ids.ts'
import { readIdCursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import { customerOf } from '../actions/customer.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'
import { preferencesOf } from '../notices/categories.ts'
import { activityPage } from './activity.ts'
import { notices } from './notices.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
  displayName: ({ display_name }) => display_name,
  language: ({ language }) => (language === 'ru' ? 'RU' : 'EN'),
  members: ({ id }, _, { members }) => members.load(id),
  // Whoever acts for an organization sees their own password and sessions, not those of the others who do.
  hasPassword: (_, __, { viewer, passwordOwners }) => passwordOwners.load(customerOf(viewer).personId),
  sessions: (_, __, { viewer, sessions }) => sessions.load(customerOf(viewer).personId),
  identities: ({ id }, _, { identities }) => identities.load(id),
  organizations: ({ id }, _, { memberships }) => memberships.load(id),
  invitations: ({ id }, _, { invitations }) => invitations.received.load(id),
  sentInvitations: ({ id }, _, { invitations }) => invitations.sent.load(id),
  activity: ({ id }, page, context) => activityPage(context, id, page, false),
  conversations: async ({ id: accountId }, { first, after }, { consultant }) => {
    const size = readPageSize(first)
    const afterId = readIdCursor(after)
    const rows = await consultant.conversationPages.load({ accountId, first: size, afterId })
    return toPage(rows, { size, isFirst: afterId === null, cursorOf: ({ id }) => id })
  },
  notices,
  unreadNoticeCount: ({ id }, _, { unreadNoticeCounts }) => unreadNoticeCounts.load(id),
  notificationPreferences: async ({ id }, _, { notificationSettings }) =>
    preferencesOf(await notificationSettings.load(id)),
}
