import type { Kysely, Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Principal, Viewer } from '../../../../platform/identity/viewer.ts'
import { type NewId, parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { writeNotice } from '../../store/notices.ts'
import { findOpenSession } from '../../store/sessions.ts'
import type { Tables } from '../../store/tables.ts'
import { customerOf } from '../customer.ts'
import { endStaffSession } from '../staff/end-staff-session.ts'
import { endSessions } from './end-sessions.ts'

export interface SignOutDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

export type SignOutOutcome =
  | { readonly kind: 'signedOut'; readonly signedOutSessions: number }
  | { readonly kind: 'sessionNotFound' }

const NOT_FOUND = { kind: 'sessionNotFound' } as const

/** Ends the session that asks: a customer's, or one of staff. */
export async function signOut(dependencies: SignOutDependencies, viewer: Viewer): Promise<SignOutOutcome> {
  const { principal } = viewer
  return principal.kind === 'staff'
    ? signOutStaff(dependencies, { ...viewer, principal })
    : signOutCustomer(dependencies, viewer)
}

async function signOutStaff(
  { db, clock, newId }: SignOutDependencies,
  viewer: Viewer & { readonly principal: Extract<Principal, { kind: 'staff' }> },
): Promise<SignOutOutcome> {
  if (parseId(viewer.principal.sessionId) === null) return NOT_FOUND
  const isEnded = await db.transaction().execute((trx) => endStaffSession(trx, { clock, newId }, viewer))
  return isEnded ? { kind: 'signedOut', signedOutSessions: 1 } : NOT_FOUND
}

async function signOutCustomer({ db, clock, newId }: SignOutDependencies, viewer: Viewer): Promise<SignOutOutcome> {
  const { personId, accountId, sessionId } = customerOf(viewer)
  const own = parseId(sessionId)
  if (own === null) return NOT_FOUND
  return db.transaction().execute(async (trx): Promise<SignOutOutcome> => {
    const count = await endSessions(trx, { clock }, { personId, sessionIds: [own], reason: 'SIGNED_OUT' })
    if (count === 0) return NOT_FOUND
    await recordAct(trx, viewer, { id: newId(), at: clock.now(), accountId, kind: 'SIGNED_OUT' })
    return { kind: 'signedOut', signedOutSessions: count }
  })
}

/** Ends one session of the person, on whatever device: a lost phone, say. */
export async function revokeSession(
  dependencies: SignOutDependencies,
  command: { readonly sessionId: string },
  viewer: Viewer,
): Promise<SignOutOutcome> {
  const sessionId = parseId(command.sessionId)
  return sessionId === null ? NOT_FOUND : revoke(dependencies, { sessionIds: [sessionId] }, viewer)
}

/** Ends all sessions of the person but the one that asks. */
export async function revokeOtherSessions(dependencies: SignOutDependencies, viewer: Viewer): Promise<SignOutOutcome> {
  return revoke(dependencies, { except: parseId(customerOf(viewer).sessionId) }, viewer)
}

/** Only an open session ends others: one that was ended a moment ago, and knows it not yet, does not strike back. */
async function revoke(
  { db, clock, newId, onOutgoing }: SignOutDependencies,
  choice: { readonly sessionIds: readonly string[] } | { readonly except: string | null },
  viewer: Viewer,
): Promise<SignOutOutcome> {
  const { personId, accountId } = customerOf(viewer)
  const at = clock.now()
  const outcome = await db.transaction().execute(async (trx): Promise<SignOutOutcome> => {
    if (!(await isOpen(trx, viewer))) return NOT_FOUND
    const count = await endSessions(trx, { clock }, { personId, ...choice, reason: 'REVOKED' })
    if (count === 0 && 'sessionIds' in choice) return NOT_FOUND
    if (count > 0) {
      await recordAct(trx, viewer, { id: newId(), at, accountId, kind: 'SESSIONS_REVOKED', details: { count } })
      const parameters = { count, reason: 'REVOKED' }
      await writeNotice(trx, { id: newId(), accountId: personId, kind: 'SESSIONS_ENDED', parameters, at })
    }
    return { kind: 'signedOut', signedOutSessions: count }
  })
  if (outcome.kind === 'signedOut') onOutgoing()
  return outcome
}

async function isOpen(trx: Transaction<Tables>, viewer: Viewer): Promise<boolean> {
  const { personId, sessionId } = customerOf(viewer)
  const own = parseId(sessionId)
  return own !== null && (await findOpenSession(trx, { personId, sessionId: own })) !== null
}
