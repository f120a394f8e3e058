import type { Kysely } from 'kysely'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import type { Sleep } from '../../../platform/sleep.ts'
import type { AskSubgraph } from '../../../platform/subgraph/ask.ts'
import type { AccountsPolicies } from '../store/policies.ts'
import type { Tables } from '../store/tables.ts'
import { answerInSteps } from './answer-in-steps.ts'
import { createEasel } from './captcha/picture.ts'
import { requestCaptcha, requestProofOfWork } from './captcha/request-captcha.ts'
import { closeAccount } from './closing/close-account.ts'
import { createConsultant } from './consultant/consultant.ts'
import type { CredentialHoldDependencies } from './credential-hold.ts'
import { checkCredentialHold } from './credential-hold.ts'
import { downloadExport } from './exports/download-export.ts'
import { findOwnExport, requestExport } from './exports/request-export.ts'
import { attachIdentity } from './identities/attach-identity.ts'
import { detachIdentity } from './identities/detach-identity.ts'
import type { IdentityDependencies } from './identities/identity-dependencies.ts'
import { signInWithSocial } from './identities/sign-in-with-social.ts'
import { startSocialSignIn } from './identities/start-social-sign-in.ts'
import { createNewsActions } from './news/news-actions.ts'
import { markNoticesRead } from './notices/mark-notices-read.ts'
import { setNotificationPreference } from './notices/set-notification-preference.ts'
import { requestOneTimePassword } from './one-time-passwords/request-one-time-password.ts'
import { resendOneTimePassword } from './one-time-passwords/resend-one-time-password.ts'
import { signInWithOneTimePassword } from './one-time-passwords/sign-in-with-one-time-password.ts'
import { createOrganizationActions } from './organizations/organization-actions.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import { changePassword, resetPassword, setPassword } from './passwords/set-password.ts'
import { signInWithPassword } from './passwords/sign-in-with-password.ts'
import { recordSight } from './record-sight.ts'
import type { SessionDependencies } from './sessions/open-session.ts'
import { refreshSession } from './sessions/refresh-session.ts'
import { revokeOtherSessions, revokeSession, signOut } from './sessions/sign-out.ts'
import { setLanguage } from './settings/set-language.ts'
import { signInFromNetwork } from './sign-in-from-network.ts'
import { signInAsStaff } from './staff/sign-in-as-staff.ts'
import type { StaffDependencies } from './staff/staff-dependencies.ts'
import { startStaffSignIn } from './staff/start-staff-sign-in.ts'

/** What the actions of accounts need between them. */
export interface ActionDependencies
  extends SessionDependencies,
    CredentialHoldDependencies,
    IdentityDependencies,
    StaffDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly hasher: PasswordHasher
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
  readonly jobs: Jobs
  /** What answers wait with that must not tell by their time whose number it is. */
  readonly sleep: Sleep
  readonly ask: Readonly<Record<'linked-numbers' | 'products' | 'payments', AskSubgraph>>
}

/** All that can be done in accounts, each by its name in the schema, with its dependencies in place. */
export type Actions = ReturnType<typeof createActions>

/** A policy that says how finely the time of an answer is told. */
type StepPolicy = Extract<keyof AccountsPolicies, `${string}.answerStepMs`>

export function createActions(dependencies: ActionDependencies) {
  const withEasel = { ...dependencies, easel: createEasel() }
  /** Gives an action its dependencies: what is left is what the client sent, and who sent it. */
  const bind =
    <Rest extends readonly unknown[], Outcome>(
      action: (dependencies: ActionDependencies, ...rest: Rest) => Outcome,
    ): ((...rest: Rest) => Outcome) =>
    (...rest) =>
      action(dependencies, ...rest)
  /** The same for what is asked about a number by whoever knows it: how long it took is told in steps of this policy. */
  const bindInSteps =
    <Rest extends readonly unknown[], Outcome>(
      step: StepPolicy,
      action: (dependencies: ActionDependencies, ...rest: Rest) => Promise<Outcome>,
    ): ((...rest: Rest) => Promise<Outcome>) =>
    async (...rest) => {
      const { [step]: stepMs } = await dependencies.policies.current()
      return answerInSteps(dependencies.sleep, stepMs, () => action(dependencies, ...rest))
    }

  return {
    requestCaptcha: (viewer: Viewer) => requestCaptcha(withEasel, viewer),
    requestProofOfWork: (viewer: Viewer) => requestProofOfWork(withEasel, viewer),
    requestOneTimePassword: bindInSteps('otp.answerStepMs', requestOneTimePassword),
    resendOneTimePassword: bindInSteps('otp.answerStepMs', resendOneTimePassword),
    signInWithOneTimePassword: bindInSteps('otp.answerStepMs', signInWithOneTimePassword),
    signInWithPassword: bindInSteps('password.answerStepMs', signInWithPassword),
    setPassword: bind(setPassword),
    changePassword: bind(changePassword),
    resetPassword: bind(resetPassword),
    startSocialSignIn: bind(startSocialSignIn),
    signInWithSocial: bind(signInWithSocial),
    attachIdentity: bind(attachIdentity),
    detachIdentity: bind(detachIdentity),
    signInFromNetwork: bind(signInFromNetwork),
    startStaffSignIn: bind(startStaffSignIn),
    signInAsStaff: bind(signInAsStaff),
    refreshSession: bind(refreshSession),
    signOut: bind(signOut),
    revokeSession: bind(revokeSession),
    revokeOtherSessions: bind(revokeOtherSessions),
    findExport: bind(findOwnExport),
    requestExport: bind(requestExport),
    downloadExport: bind(downloadExport),
    closeAccount: bind(closeAccount),
    findSimHold: (personId: string) => checkCredentialHold(dependencies, personId, dependencies.clock.now()),
    recordSight: bind(recordSight),
    setLanguage: bind(setLanguage),
    setNotificationPreference: bind(setNotificationPreference),
    markNoticesRead: bind(markNoticesRead),
    organizations: createOrganizationActions(dependencies),
    newsDesk: createNewsActions(dependencies),
    consultant: createConsultant(dependencies),
  }
}
