import { parseId } from '../../../platform/ids.ts'
import type { QueryResolvers } from '../generated/resolvers.ts'
import { consultantQueries } from './consultant-queries.ts'

export const query: QueryResolvers = {
  ...consultantQueries,

  viewer: (_, _arguments, { grant, accounts }) => (grant.accountId === null ? null : accounts.load(grant.accountId)),

  account: (_, { id }, { accounts }) => {
    const accountId = parseId(id)
    return accountId === null ? null : accounts.load(accountId)
  },
}
