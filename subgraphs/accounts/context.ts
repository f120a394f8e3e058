import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Clock } from '../../platform/clock.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Listener } from '../../platform/database/listener.ts'
import { type ChangeFeed, createChangeFeed } from '../../platform/events/change-feed.ts'
import type { Language, Translated } from '../../platform/languages.ts'
import type { Logger } from '../../platform/logger.ts'
import { type ActionDependencies, type Actions, createActions } from './actions/actions.ts'
import { findDeliveries } from './actions/one-time-passwords/delivery.ts'
import { listSessions } from './actions/sessions/list-sessions.ts'
import { readAccounts, readMembers } from './store/accounts.ts'
import { type ActivityPageKey, readActivityPages } from './store/activity.ts'
import {
  CONVERSATION_CHANNEL,
  type ConversationChangeRow,
  readConversationChanges,
} from './store/consultant/conversation-changes.ts'
import type { ConversationKey } from './store/consultant/conversations.ts'
import { readIdentities } from './store/identities.ts'
import { type InvitationSide, readInvitations } from './store/invitations.ts'
import { type MemberKey, readMemberLimits, readMemberships } from './store/memberships.ts'
import { type NewsPageKey, readNewsPages } from './store/news.ts'
import { type NoticePageKey, type NoticeRow, readNoticePages, readUnreadCounts } from './store/notices.ts'
import { readNotificationSettings } from './store/notification-settings.ts'
import { readHasPassword } from './store/passwords.ts'

/** A notice, and in which language its account reads it. */
export type NoticeSource = NoticeRow & { readonly language: Language }

/** A provider as people see it. */
export interface NamedProvider {
  readonly id: string
  readonly name: Translated
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext, ContextServices {}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export interface ContextServices extends Loaders, Actions {
  readonly conversationChanges: ChangeFeed<ConversationKey, ConversationChangeRow>
  readonly clock: Clock
  readonly policies: ActionDependencies['policies']
  readonly socialProviders: readonly NamedProvider[]
}

export interface ContextDependencies extends ActionDependencies {
  readonly listener: Listener
  readonly logger: Logger
  readonly providerNames: readonly NamedProvider[]
}

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader, clock, policies, listener, logger, providerNames } = dependencies
  return {
    ...createLoaders(dependencies),
    ...createActions(dependencies),
    clock,
    policies,
    socialProviders: providerNames,
    conversationChanges: createChangeFeed({
      listener,
      channel: CONVERSATION_CHANNEL,
      topicOf: ({ id }: ConversationKey) => id,
      // Every message is announced: they are as rare as people write.
      register: async () => undefined,
      read: (watches) => readConversationChanges(reader, watches),
      logger,
    }),
  }
}

type Loaders = ReturnType<typeof createLoaders>

function createLoaders(dependencies: ActionDependencies) {
  const { reader, clock } = dependencies
  /** By the id of an account or, where it says so, of a person. */
  const byId = <Row>(read: (ids: readonly string[]) => Promise<readonly Row[]>) =>
    createBatchLoader({ read, keyText: (id) => id, owner: (id) => id })
  const invitationsOf = (side: InvitationSide) =>
    byId((accountIds) => readInvitations(reader, side, { accountIds, now: clock.now() }))

  return {
    accounts: byId((ids) => readAccounts(reader, ids)),
    members: byId((ids) => readMembers(reader, ids)),
    /** By delivery. */
    deliveries: byId((ids) => findDeliveries(dependencies, ids)),
    /** By person. */
    sessions: byId((ids) => listSessions(dependencies, ids)),
    /** By person: whether they have a password. */
    passwordOwners: byId((ids) => readHasPassword(reader, ids)),
    identities: byId((ids) => readIdentities(reader, ids)),
    memberships: byId((ids) => readMemberships(reader, ids)),
    memberLimits: createBatchLoader({
      read: (members: readonly MemberKey[]) => readMemberLimits(reader, members),
      keyText: ({ organizationId, memberId }) => `${organizationId} ${memberId}`,
      owner: ({ organizationId }) => organizationId,
    }),
    invitations: { sent: invitationsOf('sent'), received: invitationsOf('received') },
    activityPages: createBatchLoader({
      read: (pages: readonly ActivityPageKey[]) => readActivityPages(reader, pages),
      keyText: ({ accountId, first, afterId, kinds }) => `${accountId} ${first} ${afterId} ${kinds}`,
      owner: ({ accountId }) => accountId,
    }),
    newsPages: createBatchLoader({
      read: (pages: readonly NewsPageKey[]) => readNewsPages(reader, pages, clock.now()),
      keyText: ({ region, first, after }) => JSON.stringify([region, first, after]),
      owner: ({ region }) => region ?? '',
    }),
    noticePages: createBatchLoader({
      read: (pages: readonly NoticePageKey[]) => readNoticePages(reader, pages),
      keyText: ({ accountId, first, afterId }) => `${accountId} ${first} ${afterId}`,
      owner: ({ accountId }) => accountId,
    }),
    unreadNoticeCounts: byId((ids) => readUnreadCounts(reader, ids)),
    notificationSettings: byId((ids) => readNotificationSettings(reader, ids)),
  }
}
