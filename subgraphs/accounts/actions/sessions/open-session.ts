import type { Transaction } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import { signAccessToken } from '../../../../platform/identity/access-token.ts'
import type { SigningKey } from '../../../../platform/identity/keys.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import type { OrganizationRole, Principal, Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import type { Randomness } from '../../../../platform/random.ts'
import { recordAct } from '../../store/acts.ts'
import { endSessionsBeyond } from '../../store/ended-sessions.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import { insertSession } from '../../store/sessions.ts'
import type { SignInMethod, Tables } from '../../store/tables.ts'
import { enterAccounts, type ReopeningMethod } from '../closing/enter-accounts.ts'
import type { DeviceName } from './device-name.ts'
import { formatRefreshToken } from './refresh-token.ts'

/** What opening a session needs beside the database. */
export interface SessionDependencies {
  readonly clock: Clock
  readonly newId: NewId
  readonly random: Randomness
  readonly secrets: Secrets
  /** Signs access tokens. */
  readonly signer: SigningKey
  readonly policies: Policies<AccountsPolicies>
}

/** Somebody who has shown who they are. */
export interface SignedIn {
  readonly personId: string
  /** The account in which they act: their own, or an organization's. */
  readonly accountId: string
  readonly organizationRole: OrganizationRole | null
  readonly method: SignInMethod
  readonly deviceName: DeviceName | null
  /** How long the first access token lives, where it is not as the policy says: in development only. */
  readonly accessTokenSeconds?: number
}

/** What the one who signed in takes away. */
export interface IssuedSession {
  readonly accountId: string
  readonly principal: Extract<Principal, { kind: 'account' }>
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
  readonly refreshToken: string
}

/**
 * Opens a session, in the transaction that used up whatever showed who it is. The viewer is who they were before. A
 * closed account is opened again by what shows that the number is at hand; by anything else null, and the answer must
 * be the one to somebody unknown.
 */
export async function openSession(
  trx: Transaction<Tables>,
  dependencies: SessionDependencies,
  signedIn: SignedIn & { readonly method: ReopeningMethod; readonly organizationRole: null },
  viewer: Viewer,
): Promise<IssuedSession>
export async function openSession(
  trx: Transaction<Tables>,
  dependencies: SessionDependencies,
  signedIn: SignedIn,
  viewer: Viewer,
): Promise<IssuedSession | null>
export async function openSession(
  trx: Transaction<Tables>,
  dependencies: SessionDependencies,
  signedIn: SignedIn,
  viewer: Viewer,
): Promise<IssuedSession | null> {
  if (!(await enterAccounts(trx, dependencies, signedIn, viewer))) return null
  const { clock, newId, random, secrets } = dependencies
  const { personId, accountId, organizationRole, method, accessTokenSeconds } = signedIn
  const now = clock.now()
  const session = { id: newId(), refreshSeed: random.bytes(SEED_BYTES), secretId: secrets.current.id }
  const principal = { kind: 'account', personId, accountId, organizationRole, sessionId: session.id } as const
  const access = await issueAccessToken(dependencies, principal, accessTokenSeconds)
  await insertSession(trx, {
    ...session,
    ...signedIn,
    client: viewer.client,
    now,
    accessUntil: access.accessTokenExpiresAt,
  })
  await endSessionsBeyond(trx, { personId, openMax: (await dependencies.policies.current())['session.openMax'], now })
  await recordAct(trx, viewer, { id: newId(), at: now, accountId, kind: 'SIGNED_IN', details: { method, personId } })
  const name = { personId, sessionId: session.id, generation: 1 }
  return { ...access, refreshToken: formatRefreshToken(name, secrets.current, session.refreshSeed) }
}

const SEED_BYTES = 32

/** A new access token for a session that is open. */
export async function issueAccessToken(
  { clock, signer, policies }: Pick<SessionDependencies, 'clock' | 'signer' | 'policies'>,
  principal: IssuedSession['principal'],
  seconds?: number,
): Promise<Omit<IssuedSession, 'refreshToken'>> {
  const lifeSeconds = seconds ?? (await policies.current())['session.accessTokenSeconds']
  return {
    accountId: principal.accountId,
    principal,
    accessToken: await signAccessToken(principal, signer, clock, lifeSeconds),
    accessTokenExpiresAt: toSecond(clock.now(), lifeSeconds),
  }
}

/** A token's times are whole seconds. */
function toSecond(now: Date, secondsLater: number): Date {
  return new Date((Math.floor(now.getTime() / 1000) + secondsLater) * 1000)
}
