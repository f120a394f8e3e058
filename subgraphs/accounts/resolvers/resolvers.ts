import type { OrganizationMemberResolvers, Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { mutation } from './mutation.ts'
import { query } from './query.ts'

const organizationMember: OrganizationMemberResolvers = {
  displayName: ({ display_name }) => display_name,
}

export const resolvers = {
  Query: query,
  Mutation: mutation,
  Account: account,
  OrganizationMember: organizationMember,
} satisfies Resolvers
