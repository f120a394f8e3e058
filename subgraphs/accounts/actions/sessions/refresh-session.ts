import type { Kysely, Transaction } from 'kysely'
import type { OrganizationRole, Viewer } from '../../../../platform/identity/viewer.ts'
import { recordAct } from '../../store/acts.ts'
import { findMemberRole } from '../../store/members.ts'
import { writeNotice } from '../../store/notices.ts'
import { SESSION_GRACE_SECONDS_MAX } from '../../store/policies.ts'
import {
  findRotation,
  forgetRotations,
  lockGeneration,
  rotate,
  updateOpenSession,
} from '../../store/session-rotations.ts'
import { findOpenSession, type OpenSession } from '../../store/sessions.ts'
import type { Tables } from '../../store/tables.ts'
import { endSessions } from './end-sessions.ts'
import { idleSince } from './idle-since.ts'
import { type IssuedSession, issueAccessToken, type SessionDependencies } from './open-session.ts'
import { formatRefreshToken, isGenuine, type RefreshTokenName, readRefreshTokenName } from './refresh-token.ts'

export interface RefreshDependencies extends SessionDependencies {
  readonly db: Kysely<Tables>
  /** Called after a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

export type RefreshSessionOutcome =
  | { readonly kind: 'refreshed'; readonly issued: IssuedSession }
  | { readonly kind: 'invalidRefreshToken' }

const INVALID = { kind: 'invalidRefreshToken' } as const

const SECOND_MS = 1_000

/**
 * Trades a refresh token for the next one and a new access token. Of two tabs that come with one token the second gets
 * the same tokens; a token that comes back later, or on another device, was stolen by one of the two who have it, and
 * the session ends for both.
 */
export async function refreshSession(
  dependencies: RefreshDependencies,
  command: { readonly refreshToken: string },
  viewer: Viewer,
): Promise<RefreshSessionOutcome> {
  const name = readRefreshTokenName(command.refreshToken)
  if (name === null) return INVALID
  let isReused = false
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<RefreshSessionOutcome> => {
    const session = await findOpenSession(trx, name)
    const secret = session && dependencies.secrets.find(session.secret_id)
    if (!secret || !isGenuine(command.refreshToken, secret, session.refresh_seed)) return INVALID
    const turn = await takeTurn(trx, dependencies, name, viewer)
    if (turn.kind === 'reused') {
      isReused = true
      await endReused(trx, dependencies, { name, session, viewer })
    }
    if (turn.kind !== 'current') return INVALID
    const access = await renewAccess(trx, dependencies, name, session)
    if (access === null) return INVALID
    const refreshToken = formatRefreshToken({ ...name, generation: turn.generation }, secret, session.refresh_seed)
    return { kind: 'refreshed', issued: { ...access, refreshToken } }
  })
  if (isReused) dependencies.onOutgoing()
  return outcome
}

type Turn =
  | { readonly kind: 'current'; readonly generation: number }
  | { readonly kind: 'reused' }
  | { readonly kind: 'over' }

/** Makes the token the last of its kind, or finds that it was used before and how. The session's row stays locked. */
async function takeTurn(
  trx: Transaction<Tables>,
  { clock, policies }: RefreshDependencies,
  name: RefreshTokenName,
  { client }: Viewer,
): Promise<Turn> {
  const numbers = await policies.current()
  const now = clock.now()
  const usedSince = idleSince(now, numbers)
  if (await rotate(trx, { ...name, device: client.device, now, usedSince })) {
    await forgetRotations(trx, name, new Date(now.getTime() - SESSION_GRACE_SECONDS_MAX * SECOND_MS))
    return { kind: 'current', generation: name.generation + 1 }
  }
  const generation = await lockGeneration(trx, name, usedSince)
  if (generation === null || generation < name.generation) return { kind: 'over' }
  const rotation = await findRotation(trx, name)
  const isRace =
    rotation !== null &&
    rotation.device === client.device &&
    now.getTime() - rotation.rotated_at.getTime() <= numbers['session.graceSeconds'] * SECOND_MS
  return isRace ? { kind: 'current', generation } : { kind: 'reused' }
}

/** A new access token, with the role that the person has now; null when they are no member any more. */
async function renewAccess(
  trx: Transaction<Tables>,
  dependencies: RefreshDependencies,
  { personId, sessionId }: RefreshTokenName,
  { account_id: accountId }: OpenSession,
): Promise<Omit<IssuedSession, 'refreshToken'> | null> {
  const isOwn = accountId === personId
  const role = isOwn ? null : await findMemberRole(trx, { organizationId: accountId, personId })
  if (!isOwn && role === null) {
    await endSessions(trx, dependencies, { personId, accountId, reason: 'MEMBERSHIP_ENDED' })
    return null
  }
  const organizationRole = (role?.toLowerCase() ?? null) as OrganizationRole | null
  const principal = { kind: 'account', personId, accountId, sessionId, organizationRole } as const
  const access = await issueAccessToken(dependencies, principal)
  await updateOpenSession(trx, { personId, sessionId }, { accessUntil: access.accessTokenExpiresAt, organizationRole })
  return access
}

/** One of the two who have the token is a thief, and nothing says which. */
async function endReused(
  trx: Transaction<Tables>,
  dependencies: RefreshDependencies,
  {
    name: { personId, sessionId },
    session,
    viewer,
  }: { readonly name: RefreshTokenName; readonly session: OpenSession; readonly viewer: Viewer },
): Promise<void> {
  const { clock, newId } = dependencies
  const at = clock.now()
  await endSessions(trx, dependencies, { personId, sessionIds: [sessionId], reason: 'REUSE_DETECTED' })
  await recordAct(trx, viewer, {
    id: newId(),
    at,
    accountId: session.account_id,
    kind: 'REFRESH_TOKEN_REUSED',
    details: { personId, sessionId },
  })
  await writeNotice(trx, {
    id: newId(),
    accountId: personId,
    kind: 'SESSIONS_ENDED',
    parameters: { count: 1, reason: 'REUSE_DETECTED' },
    at,
  })
}
