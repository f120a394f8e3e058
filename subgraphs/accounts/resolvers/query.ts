import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { activityPage } from './activity.ts'
import { consultantQueries } from './consultant-queries.ts'
import { newsQueries } from './news.ts'

export const query: QueryResolvers = {
  ...consultantQueries,
  ...newsQueries,

  viewer: (_, _arguments, { grant, accounts }) => (grant.accountId === null ? null : accounts.load(grant.accountId)),

  account: async (_, { id }, { accounts, recordSight, viewer }) => {
    const accountId = parseId(id)
    const account = accountId === null ? null : await accounts.load(accountId)
    if (account) await recordSight({ accountId: account.id, kind: 'ACCOUNT_SEEN' }, viewer)
    return account
  },

  accountActivity: async (_, { accountId, ...page }, context) => {
    const id = parseId(accountId)
    const account = id === null ? null : await context.accounts.load(id)
    if (!account) return null
    const seen = await activityPage(context, account.id, page, true)
    await context.recordSight({ accountId: account.id, kind: 'ACTIVITY_SEEN' }, context.viewer)
    return seen
  },

  memberLimit: (_, { organizationId, memberId }, { memberLimits }) => {
    const organization = parseId(organizationId)
    const member = parseId(memberId)
    if (organization === null || member === null) return null
    return memberLimits.load({ organizationId: organization, memberId: member })
  },

  simHold: (_, { personId }, { findSimHold }) => {
    const id = parseId(personId)
    return id === null ? null : findSimHold(id)
  },

  dataExport: (_, { id }, { viewer, findExport }) => {
    const exportId = parseId(id)
    return exportId === null ? null : findExport(exportId, viewer)
  },

  oneTimePasswordDelivery: (_, { id }, { deliveries }) => {
    const deliveryId = parseId(id)
    return deliveryId === null ? null : deliveries.load(deliveryId)
  },
  socialProviders: (_, _arguments, { viewer, socialProviders }) =>
    socialProviders.map(({ id, name }) => ({ id, name: name[viewer.language] })),
}
