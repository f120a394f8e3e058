import type { Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type NewId, parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { holdOpen } from '../../store/closed-accounts.ts'
import { findCredentialHold } from '../../store/credential-holds.ts'
import { writeNotice } from '../../store/notices.ts'
import { giveBackPasswordTry } from '../../store/password-tries.ts'
import { insertPassword, type NewPassword, putPassword, replacePassword } from '../../store/passwords.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import { findOpenSession } from '../../store/sessions.ts'
import type { SignInMethod, Tables } from '../../store/tables.ts'
import { type CredentialHoldDependencies, checkCredentialHold } from '../credential-hold.ts'
import { customerOf } from '../customer.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { busy, type CheckPasswordDependencies, checkPassword, type TooMany } from './check-password.ts'
import { findWeaknesses, type PasswordWeakness } from './password-weaknesses.ts'

export interface NewPasswordCommand {
  readonly newPassword: string
  readonly otherSessions: 'KEEP' | 'END'
}

export interface SetPasswordDependencies extends CheckPasswordDependencies, CredentialHoldDependencies {
  readonly newId: NewId
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

type Stored = { readonly kind: 'stored'; readonly signedOutSessions: number }
type Refused =
  | { readonly kind: 'weakPassword'; readonly weaknesses: readonly PasswordWeakness[] }
  /** After a change of a SIM: until then credentials stay as they are. */
  | { readonly kind: 'held'; readonly until: Date }
  | Extract<TooMany, { kind: 'tooManyRequests' }>

export type SetPasswordOutcome =
  | Stored
  | Refused
  | { readonly kind: 'freshSignInRequired' }
  | { readonly kind: 'passwordAlreadySet' }
export type ChangePasswordOutcome = Stored | Refused | TooMany | { readonly kind: 'wrongPassword' }
export type ResetPasswordOutcome = Stored | Refused | { readonly kind: 'freshSignInRequired' }

/** What one who has just signed in so may give themselves a first password with. */
const SETTING_METHODS = ['ONE_TIME_PASSWORD', 'USSD', 'SOCIAL', 'DEVELOPMENT'] as const
/** Only the telephone itself is stronger than a password that was forgotten. */
const RESETTING_METHODS = ['ONE_TIME_PASSWORD', 'USSD', 'DEVELOPMENT'] as const

/** Gives the person their first password, after a sign-in that was not long ago. */
export async function setPassword(
  dependencies: SetPasswordDependencies,
  command: NewPasswordCommand,
  viewer: Viewer,
): Promise<SetPasswordOutcome> {
  return store(dependencies, command, viewer, {
    kind: 'PASSWORD_SET',
    async put(trx, password, policies) {
      if (!(await isFresh(trx, viewer, SETTING_METHODS, { now: password.now, policies }))) {
        return { kind: 'freshSignInRequired' }
      }
      return (await insertPassword(trx, password)) ? null : { kind: 'passwordAlreadySet' }
    },
  })
}

/** Gives another password for the one that the person knows. */
export async function changePassword(
  dependencies: SetPasswordDependencies,
  command: NewPasswordCommand & { readonly currentPassword: string },
  viewer: Viewer,
): Promise<ChangePasswordOutcome> {
  const { personId } = customerOf(viewer)
  const weak = await findWeak(dependencies, command)
  if (weak) return weak
  const check = { subject: `person ${personId}`, personId, password: command.currentPassword }
  const checked = await checkPassword(dependencies, check, viewer)
  if (checked.kind !== 'right') return checked
  await giveBackPasswordTry(dependencies.db, checked.tried)
  return store(dependencies, command, viewer, {
    kind: 'PASSWORD_CHANGED',
    async put(trx, password) {
      return (await replacePassword(trx, password, checked.hash)) ? null : { kind: 'wrongPassword' }
    },
  })
}

/** Gives another password for one that was forgotten, to whoever has just shown that the telephone is at hand. */
export async function resetPassword(
  dependencies: SetPasswordDependencies,
  command: NewPasswordCommand,
  viewer: Viewer,
): Promise<ResetPasswordOutcome> {
  return store(dependencies, command, viewer, {
    kind: 'PASSWORD_RESET',
    async put(trx, password, policies) {
      if (!(await isFresh(trx, viewer, RESETTING_METHODS, { now: password.now, policies }))) {
        return { kind: 'freshSignInRequired' }
      }
      await putPassword(trx, password)
      return null
    },
  })
}

type ChangeKind = 'PASSWORD_SET' | 'PASSWORD_CHANGED' | 'PASSWORD_RESET'

interface Change<Refusal> {
  readonly kind: ChangeKind
  /** Writes the password; a refusal undoes nothing, for nothing was done. */
  put(trx: Transaction<Tables>, password: NewPassword, policies: AccountsPolicies): Promise<Refusal | null>
}

async function store<Refusal>(
  dependencies: SetPasswordDependencies,
  command: NewPasswordCommand,
  viewer: Viewer,
  change: Change<Refusal>,
): Promise<Stored | Refused | Refusal> {
  const { db, clock, hasher, onOutgoing } = dependencies
  const { personId } = customerOf(viewer)
  const weak = await findWeak(dependencies, command)
  if (weak) return weak
  const hash = await hasher.hash(command.newPassword)
  if (hash === null) return busy(clock)
  const policies = await dependencies.policies.current()
  const now = clock.now()
  // The network is asked before the transaction; what it said counts in it too.
  const held = await checkCredentialHold(dependencies, personId, now)
  if (held !== null) return { kind: 'held', until: held }
  const outcome = await db.transaction().execute(async (trx): Promise<Stored | Refused | Refusal> => {
    // A closing comes before all of this or after it; after one neither a session nor a password is found.
    await holdOpen(trx, personId)
    const until = await findCredentialHold(trx, personId, now)
    if (until !== null) return { kind: 'held', until }
    const refusal = await change.put(trx, { personId, hash, now }, policies)
    return (
      refusal ?? tell(trx, dependencies, viewer, { kind: change.kind, endsOthers: command.otherSessions === 'END' })
    )
  })
  onOutgoing()
  return outcome
}

async function findWeak(
  { policies }: SetPasswordDependencies,
  { newPassword }: NewPasswordCommand,
): Promise<Extract<Refused, { kind: 'weakPassword' }> | null> {
  const weaknesses = findWeaknesses(newPassword, (await policies.current())['password.lengthMin'])
  return weaknesses.length > 0 ? { kind: 'weakPassword', weaknesses } : null
}

/** Whether the session that asks is open and was begun a short while ago, in one of these ways. */
async function isFresh(
  trx: Transaction<Tables>,
  viewer: Viewer,
  methods: readonly SignInMethod[],
  { now, policies }: { readonly now: Date; readonly policies: AccountsPolicies },
): Promise<boolean> {
  const { personId, sessionId } = customerOf(viewer)
  const id = parseId(sessionId)
  const session = id === null ? null : await findOpenSession(trx, { personId, sessionId: id })
  const since = now.getTime() - policies['password.freshSignInMinutes'] * MINUTE_MS
  return session !== null && methods.includes(session.method) && session.created_at.getTime() > since
}

const MINUTE_MS = 60_000

async function tell(
  trx: Transaction<Tables>,
  { clock, newId }: SetPasswordDependencies,
  viewer: Viewer,
  { kind, endsOthers }: { readonly kind: ChangeKind; readonly endsOthers: boolean },
): Promise<Stored> {
  const { personId, sessionId } = customerOf(viewer)
  const at = clock.now()
  const others = { personId, except: parseId(sessionId), reason: 'CREDENTIALS_CHANGED' } as const
  const signedOutSessions = endsOthers ? await endSessions(trx, { clock }, others) : 0
  await recordAct(trx, viewer, { id: newId(), at, accountId: personId, kind, details: { signedOutSessions } })
  const parameters = { signedOutSessions, change: kind === 'PASSWORD_SET' ? 'SET' : 'CHANGED' }
  await writeNotice(trx, { id: newId(), accountId: personId, kind: 'PASSWORD_CHANGED', parameters, at })
  return { kind: 'stored', signedOutSessions }
}
