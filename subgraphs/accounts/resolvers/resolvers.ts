import type { OrganizationMemberResolvers, Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { dataExport } from './data-exports.ts'
import { identity } from './identity.ts'
import { mutation } from './mutation.ts'
import { query } from './query.ts'
import { session } from './session.ts'

const organizationMember: OrganizationMemberResolvers = {
  displayName: ({ display_name }) => display_name,
}

export const resolvers = {
  Query: query,
  Mutation: mutation,
  Account: account,
  DataExport: dataExport,
  OrganizationMember: organizationMember,
  Session: session,
  Identity: identity,
} satisfies Resolvers
