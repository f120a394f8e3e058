import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { Language } from '../../platform/languages.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import {
  type MarkNoticesRead,
  type MarkNoticesReadOutcome,
  markNoticesRead,
} from './actions/notices/mark-notices-read.ts'
import {
  type SetNotificationPreference,
  type SetNotificationPreferenceOutcome,
  setNotificationPreference,
} from './actions/notices/set-notification-preference.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import { type NoticePageKey, type NoticeRow, readNoticePages, readUnreadCounts } from './store/notices.ts'
import { type NotificationSettingRow, readNotificationSettings } from './store/notification-settings.ts'
import type { Tables } from './store/tables.ts'

/** A notice, and in which language its account reads it. */
export type NoticeSource = NoticeRow & { readonly language: Language }

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly noticePages: DataLoader<NoticePageKey, readonly NoticeRow[], string>
  readonly unreadNoticeCounts: DataLoader<string, number, string>
  readonly notificationSettings: DataLoader<string, readonly NotificationSettingRow[], string>
  readonly setNotificationPreference: (
    command: SetNotificationPreference,
    viewer: Viewer,
  ) => Promise<SetNotificationPreferenceOutcome>
  readonly markNoticesRead: (command: MarkNoticesRead) => Promise<MarkNoticesReadOutcome>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends SessionDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader } = dependencies
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    noticePages: createBatchLoader({
      read: (pages) => readNoticePages(reader, pages),
      keyText: ({ accountId, first, afterId }) => `${accountId} ${first} ${afterId}`,
      owner: ({ accountId }) => accountId,
    }),
    unreadNoticeCounts: createBatchLoader({ ...BY_ID, read: (ids) => readUnreadCounts(reader, ids) }),
    notificationSettings: createBatchLoader({ ...BY_ID, read: (ids) => readNotificationSettings(reader, ids) }),
    setNotificationPreference: (command, viewer) => setNotificationPreference(dependencies, command, viewer),
    markNoticesRead: (command) => markNoticesRead(dependencies, command),
  }
}
