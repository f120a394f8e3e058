import { parseId } from '../../../platform/ids.ts'
import type { AccountResolvers } from '../generated/resolvers.ts'
import { activityPage } from './activity.ts'

export const account: AccountResolvers = {
  __resolveReference: ({ id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
  displayName: ({ display_name }) => display_name,
  language: ({ language }) => (language === 'ru' ? 'RU' : 'EN'),
  members: ({ id }, _, { members }) => members.load(id),
  organizations: ({ id }, _, { memberships }) => memberships.load(id),
  invitations: ({ id }, _, { invitations }) => invitations.received.load(id),
  sentInvitations: ({ id }, _, { invitations }) => invitations.sent.load(id),
  activity: ({ id }, page, context) => activityPage(context, id, page, false),
}
