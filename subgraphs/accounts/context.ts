import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createNewsActions, type NewsActions } from './actions/news/news-actions.ts'
import { createOrganizationActions, type OrganizationActions } from './actions/organizations/organization-actions.ts'
import { recordSight, type Sight } from './actions/record-sight.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { type SetLanguage, type SetLanguageOutcome, setLanguage } from './actions/settings/set-language.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import { type ActivityPageKey, type ActRow, readActivityPages } from './store/activity.ts'
import { type InvitationRow, type InvitationSide, readInvitations } from './store/invitations.ts'
import {
  type MemberKey,
  type MemberLimitRow,
  type MembershipRow,
  readMemberLimits,
  readMemberships,
} from './store/memberships.ts'
import { type NewsPageKey, type NewsRow, readNewsPages } from './store/news.ts'
import type { Tables } from './store/tables.ts'

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly memberships: DataLoader<string, readonly MembershipRow[], string>
  readonly memberLimits: DataLoader<MemberKey, MemberLimitRow | null, string>
  readonly invitations: Readonly<Record<InvitationSide, DataLoader<string, readonly InvitationRow[], string>>>
  readonly activityPages: DataLoader<ActivityPageKey, readonly ActRow[], string>
  readonly newsPages: DataLoader<NewsPageKey, readonly NewsRow[], string>
  readonly organizations: OrganizationActions
  readonly newsDesk: NewsActions
  readonly recordSight: (sight: Sight, viewer: Viewer) => Promise<void>
  readonly setLanguage: (command: SetLanguage, viewer: Viewer) => Promise<SetLanguageOutcome>
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
  const { reader, clock } = dependencies
  const invitationsOf = (side: InvitationSide) =>
    createBatchLoader({
      ...BY_ID,
      read: (accountIds: readonly string[]) => readInvitations(reader, side, { accountIds, now: clock.now() }),
    })
  return {
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    memberships: createBatchLoader({ ...BY_ID, read: (ids) => readMemberships(reader, ids) }),
    memberLimits: createBatchLoader({
      read: (members) => readMemberLimits(reader, members),
      keyText: ({ organizationId, memberId }) => `${organizationId} ${memberId}`,
      owner: ({ organizationId }) => organizationId,
    }),
    invitations: { sent: invitationsOf('sent'), received: invitationsOf('received') },
    activityPages: createBatchLoader({
      read: (pages) => readActivityPages(reader, pages),
      keyText: ({ accountId, first, afterId, kinds }) => `${accountId} ${first} ${afterId} ${kinds}`,
      owner: ({ accountId }) => accountId,
    }),
    newsPages: createBatchLoader({
      read: (pages) => readNewsPages(reader, pages, clock.now()),
      keyText: ({ region, first, after }) => JSON.stringify([region, first, after]),
      owner: ({ region }) => region ?? '',
    }),
    organizations: createOrganizationActions(dependencies),
    newsDesk: createNewsActions(dependencies),
    recordSight: (sight, viewer) => recordSight(dependencies, sight, viewer),
    setLanguage: (command, viewer) => setLanguage(dependencies, command, viewer),
  }
}
