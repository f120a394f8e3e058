import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Clock } from '../../platform/clock.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { Jobs } from '../../platform/jobs/jobs.ts'
import type { Language, Translated } from '../../platform/languages.ts'
import type { AskSubgraph } from '../../platform/subgraph/ask.ts'
import { createEasel } from './actions/captcha/picture.ts'
import {
  type RequestCaptchaOutcome,
  type RequestProofOfWorkOutcome,
  requestCaptcha,
  requestProofOfWork,
} from './actions/captcha/request-captcha.ts'
import { type CloseAccountOutcome, closeAccount } from './actions/closing/close-account.ts'
import { type Consultant, createConsultant } from './actions/consultant/consultant.ts'
import type { CredentialHoldDependencies } from './actions/credential-hold.ts'
import { type DownloadExportOutcome, downloadExport } from './actions/exports/download-export.ts'
import { findOwnExport, type RequestExportOutcome, requestExport } from './actions/exports/request-export.ts'
import { attachIdentity } from './actions/identities/attach-identity.ts'
import { detachIdentity } from './actions/identities/detach-identity.ts'
import type { IdentityDependencies } from './actions/identities/identity-dependencies.ts'
import { signInWithSocial } from './actions/identities/sign-in-with-social.ts'
import { startSocialSignIn } from './actions/identities/start-social-sign-in.ts'
import { createNewsActions, type NewsActions } from './actions/news/news-actions.ts'
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
import { type Delivery, findDeliveries } from './actions/one-time-passwords/delivery.ts'
import { requestOneTimePassword } from './actions/one-time-passwords/request-one-time-password.ts'
import { resendOneTimePassword } from './actions/one-time-passwords/resend-one-time-password.ts'
import { signInWithOneTimePassword } from './actions/one-time-passwords/sign-in-with-one-time-password.ts'
import { createOrganizationActions, type OrganizationActions } from './actions/organizations/organization-actions.ts'
import type { PasswordHasher } from './actions/passwords/password-hasher.ts'
import { changePassword, resetPassword, setPassword } from './actions/passwords/set-password.ts'
import { signInWithPassword } from './actions/passwords/sign-in-with-password.ts'
import { recordSight, type Sight } from './actions/record-sight.ts'
import { listSessions } from './actions/sessions/list-sessions.ts'
import type { SessionDependencies } from './actions/sessions/open-session.ts'
import { refreshSession } from './actions/sessions/refresh-session.ts'
import { revokeOtherSessions, revokeSession, type SignOutOutcome, signOut } from './actions/sessions/sign-out.ts'
import { type SetLanguage, type SetLanguageOutcome, setLanguage } from './actions/settings/set-language.ts'
import { signInFromNetwork } from './actions/sign-in-from-network.ts'
import { signInAsStaff } from './actions/staff/sign-in-as-staff.ts'
import type { StaffDependencies } from './actions/staff/staff-dependencies.ts'
import { startStaffSignIn } from './actions/staff/start-staff-sign-in.ts'
import { type AccountRow, type MemberRow, readAccounts, readMembers } from './store/accounts.ts'
import { type ActivityPageKey, type ActRow, readActivityPages } from './store/activity.ts'
import type { DataExportRow } from './store/data-exports.ts'
import { type IdentityRow, readIdentities } from './store/identities.ts'
import { type InvitationRow, type InvitationSide, readInvitations } from './store/invitations.ts'
import {
  type MemberKey,
  type MemberLimitRow,
  type MembershipRow,
  readMemberLimits,
  readMemberships,
} from './store/memberships.ts'
import { type NewsPageKey, type NewsRow, readNewsPages } from './store/news.ts'
import { type NoticePageKey, type NoticeRow, readNoticePages, readUnreadCounts } from './store/notices.ts'
import { type NotificationSettingRow, readNotificationSettings } from './store/notification-settings.ts'
import { readHasPassword } from './store/passwords.ts'
import type { SessionRow } from './store/sessions.ts'
import type { Tables } from './store/tables.ts'

/** A notice, and in which language its account reads it. */
export type NoticeSource = NoticeRow & { readonly language: Language }

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly accounts: DataLoader<string, AccountRow | null, string>
  readonly members: DataLoader<string, readonly MemberRow[], string>
  readonly clock: Clock
  readonly findExport: (exportId: string, viewer: Viewer) => Promise<DataExportRow | null>
  readonly requestExport: (
    command: { readonly idempotencyKey: string },
    viewer: Viewer,
  ) => Promise<RequestExportOutcome>
  readonly downloadExport: (command: { readonly exportId: string }, viewer: Viewer) => Promise<DownloadExportOutcome>
  readonly closeAccount: (command: { readonly accountId: string }, viewer: Viewer) => Promise<CloseAccountOutcome>
  /** By person. */
  readonly sessions: DataLoader<string, readonly SessionRow[], string>
  /** By person: whether they have a password. */
  readonly passwordOwners: DataLoader<string, boolean, string>
  readonly signInWithPassword: Action<typeof signInWithPassword>
  readonly setPassword: Action<typeof setPassword>
  readonly changePassword: Action<typeof changePassword>
  readonly resetPassword: Action<typeof resetPassword>
  readonly refreshSession: Action<typeof refreshSession>
  readonly signOut: (viewer: Viewer) => Promise<SignOutOutcome>
  readonly revokeSession: Action<typeof revokeSession>
  readonly revokeOtherSessions: (viewer: Viewer) => Promise<SignOutOutcome>
  readonly deliveries: DataLoader<string, Delivery | null, string>
  readonly requestCaptcha: (viewer: Viewer) => Promise<RequestCaptchaOutcome>
  readonly requestProofOfWork: (viewer: Viewer) => Promise<RequestProofOfWorkOutcome>
  readonly requestOneTimePassword: Action<typeof requestOneTimePassword>
  readonly resendOneTimePassword: Action<typeof resendOneTimePassword>
  readonly signInWithOneTimePassword: Action<typeof signInWithOneTimePassword>
  readonly identities: DataLoader<string, readonly IdentityRow[], string>
  readonly socialProviders: readonly NamedProvider[]
  readonly startSocialSignIn: Action<typeof startSocialSignIn>
  readonly signInWithSocial: Action<typeof signInWithSocial>
  readonly attachIdentity: Action<typeof attachIdentity>
  readonly detachIdentity: Action<typeof detachIdentity>
  readonly signInFromNetwork: Action<typeof signInFromNetwork>
  readonly startStaffSignIn: Action<typeof startStaffSignIn>
  readonly signInAsStaff: Action<typeof signInAsStaff>
  readonly memberships: DataLoader<string, readonly MembershipRow[], string>
  readonly memberLimits: DataLoader<MemberKey, MemberLimitRow | null, string>
  readonly invitations: Readonly<Record<InvitationSide, DataLoader<string, readonly InvitationRow[], string>>>
  readonly activityPages: DataLoader<ActivityPageKey, readonly ActRow[], string>
  readonly newsPages: DataLoader<NewsPageKey, readonly NewsRow[], string>
  readonly organizations: OrganizationActions
  readonly newsDesk: NewsActions
  readonly recordSight: (sight: Sight, viewer: Viewer) => Promise<void>
  readonly setLanguage: (command: SetLanguage, viewer: Viewer) => Promise<SetLanguageOutcome>
  readonly consultant: Consultant
  readonly noticePages: DataLoader<NoticePageKey, readonly NoticeRow[], string>
  readonly unreadNoticeCounts: DataLoader<string, number, string>
  readonly notificationSettings: DataLoader<string, readonly NotificationSettingRow[], string>
  readonly setNotificationPreference: (
    command: SetNotificationPreference,
    viewer: Viewer,
  ) => Promise<SetNotificationPreferenceOutcome>
  readonly markNoticesRead: (command: MarkNoticesRead) => Promise<MarkNoticesReadOutcome>
}

/** An action whose dependencies it has already. */
type Action<Of extends (dependencies: never, ...rest: never[]) => unknown> = Of extends (
  dependencies: never,
  ...rest: infer Rest
) => infer Outcome
  ? (...rest: Rest) => Outcome
  : never

/** A provider as people see it. */
export interface NamedProvider {
  readonly id: string
  readonly name: Translated
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies
  extends SessionDependencies,
    CredentialHoldDependencies,
    IdentityDependencies,
    StaffDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly hasher: PasswordHasher
  readonly providerNames: readonly NamedProvider[]
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly jobs: Jobs
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

const BY_ID = { keyText: (id: string) => id, owner: (id: string) => id }

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { reader, clock, providerNames } = dependencies
  const easel = createEasel()
  const invitationsOf = (side: InvitationSide) =>
    createBatchLoader({
      ...BY_ID,
      read: (accountIds: readonly string[]) => readInvitations(reader, side, { accountIds, now: clock.now() }),
    })
  return {
    consultant: createConsultant(dependencies),
    accounts: createBatchLoader({ ...BY_ID, read: (ids) => readAccounts(reader, ids) }),
    members: createBatchLoader({ ...BY_ID, read: (ids) => readMembers(reader, ids) }),
    deliveries: createBatchLoader({ ...BY_ID, read: (ids) => findDeliveries(dependencies, ids) }),
    requestCaptcha: (viewer) => requestCaptcha({ ...dependencies, easel }, viewer),
    requestProofOfWork: (viewer) => requestProofOfWork({ ...dependencies, easel }, viewer),
    requestOneTimePassword: (command, viewer) => requestOneTimePassword(dependencies, command, viewer),
    resendOneTimePassword: (command, viewer) => resendOneTimePassword(dependencies, command, viewer),
    signInWithOneTimePassword: (command, viewer) => signInWithOneTimePassword(dependencies, command, viewer),
    sessions: createBatchLoader({ ...BY_ID, read: (ids) => listSessions(dependencies, ids) }),
    passwordOwners: createBatchLoader({ ...BY_ID, read: (ids) => readHasPassword(reader, ids) }),
    signInWithPassword: (command, viewer) => signInWithPassword(dependencies, command, viewer),
    setPassword: (command, viewer) => setPassword(dependencies, command, viewer),
    changePassword: (command, viewer) => changePassword(dependencies, command, viewer),
    resetPassword: (command, viewer) => resetPassword(dependencies, command, viewer),
    refreshSession: (command, viewer) => refreshSession(dependencies, command, viewer),
    signOut: (viewer) => signOut(dependencies, viewer),
    revokeSession: (command, viewer) => revokeSession(dependencies, command, viewer),
    revokeOtherSessions: (viewer) => revokeOtherSessions(dependencies, viewer),
    clock: dependencies.clock,
    findExport: (exportId, viewer) => findOwnExport(dependencies, exportId, viewer),
    requestExport: (command, viewer) => requestExport(dependencies, command, viewer),
    downloadExport: (command, viewer) => downloadExport(dependencies, command, viewer),
    closeAccount: (command, viewer) => closeAccount(dependencies, command, viewer),
    identities: createBatchLoader({ ...BY_ID, read: (ids) => readIdentities(reader, ids) }),
    socialProviders: providerNames,
    startSocialSignIn: (command, session) => startSocialSignIn(dependencies, command, session),
    signInWithSocial: (command, viewer) => signInWithSocial(dependencies, command, viewer),
    attachIdentity: (command, viewer) => attachIdentity(dependencies, command, viewer),
    detachIdentity: (command, viewer) => detachIdentity(dependencies, command, viewer),
    signInFromNetwork: (command, viewer: Viewer) => signInFromNetwork(dependencies, command, viewer),
    startStaffSignIn: (command) => startStaffSignIn(dependencies, command),
    signInAsStaff: (command, viewer) => signInAsStaff(dependencies, command, viewer),
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
