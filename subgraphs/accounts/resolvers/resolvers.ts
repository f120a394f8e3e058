import type { Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { act, actor } from './activity.ts'
import { news, newsMutations } from './news.ts'
import {
  invitation,
  invitationMutations,
  memberLimit,
  membershipMutations,
  organizationMember,
  organizationMembership,
} from './organizations.ts'
import { query } from './query.ts'
import { settingsMutations } from './settings.ts'

export const resolvers = {
  Query: query,
  Mutation: { ...invitationMutations, ...membershipMutations, ...newsMutations, ...settingsMutations },
  Account: account,
  Act: act,
  Actor: actor,
  Invitation: invitation,
  MemberLimit: memberLimit,
  News: news,
  OrganizationMember: organizationMember,
  OrganizationMembership: organizationMembership,
} satisfies Resolvers
