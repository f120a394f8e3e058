import type { Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { act, actor } from './activity.ts'
import { conversation, conversationMessage, helpArticle, queuedConversation } from './conversation.ts'
import { dataExport } from './data-exports.ts'
import { identity } from './identity.ts'
import { mutation } from './mutation.ts'
import { news } from './news.ts'
import { notice } from './notices.ts'
import { invitation, memberLimit, organizationMember, organizationMembership } from './organizations.ts'
import { query } from './query.ts'
import { session } from './session.ts'
import { conversationChange, subscription } from './subscription.ts'

export const resolvers = {
  Query: query,
  Subscription: subscription,
  Mutation: mutation,
  Account: account,
  Act: act,
  Actor: actor,
  DataExport: dataExport,
  Identity: identity,
  Invitation: invitation,
  MemberLimit: memberLimit,
  News: news,
  OrganizationMember: organizationMember,
  OrganizationMembership: organizationMembership,
  Session: session,
  Conversation: conversation,
  ConversationChange: conversationChange,
  ConversationMessage: conversationMessage,
  HelpArticle: helpArticle,
  QueuedConversation: queuedConversation,
  Notice: notice,
} satisfies Resolvers
