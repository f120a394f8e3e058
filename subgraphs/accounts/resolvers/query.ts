import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'

export const query: QueryResolvers = {
  viewer: (_, _arguments, { grant, accounts }) => (grant.accountId === null ? null : accounts.load(grant.accountId)),

  account: (_, { id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },

  oneTimePasswordDelivery: (_, { id }, { deliveries }) => {
    const deliveryId = parseId(id)
    return deliveryId === null ? null : deliveries.load(deliveryId)
  },
}
