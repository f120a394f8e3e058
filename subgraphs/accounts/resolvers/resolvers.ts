import type { OrganizationMemberResolvers, Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { noticeMutations } from './notice-mutations.ts'
import { notice } from './notices.ts'
import { query } from './query.ts'

const organizationMember: OrganizationMemberResolvers = {
  displayName: ({ display_name }) => display_name,
}

export const resolvers = {
  Query: query,
  Mutation: { ...noticeMutations },
  Account: account,
  Notice: notice,
  OrganizationMember: organizationMember,
} satisfies Resolvers
