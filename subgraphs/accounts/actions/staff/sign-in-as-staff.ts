import { signAccessToken } from '../../../../platform/identity/access-token.ts'
import type { StaffRole, Viewer } from '../../../../platform/identity/viewer.ts'
import { insertStaffSession, recordStaffAct } from '../../store/staff-sessions.ts'
import { readClaim } from '../providers/claim.ts'
import { finishProviderSignIn, type ProviderSignInFailure } from '../providers/finish-provider-sign-in.ts'
import type { Claims } from '../providers/provider.ts'
import type { StaffDependencies, StaffProvider } from './staff-dependencies.ts'

export interface SignInAsStaff {
  readonly flowSecret: string
  readonly callbackUrl: string
}

/** What a member of staff takes away. There is nothing to refresh: their roles are read anew each time. */
export interface IssuedStaffSession {
  readonly accessToken: string
  readonly accessTokenExpiresAt: Date
  readonly roles: readonly StaffRole[]
}

export type SignInAsStaffOutcome =
  | { readonly kind: 'signedIn'; readonly session: IssuedStaffSession }
  | { readonly kind: 'noStaffRole' }
  | ProviderSignInFailure

/** Signs in a member of staff, with the roles that the provider gives them now. Nobody without any gets in. */
export async function signInAsStaff(
  dependencies: StaffDependencies,
  { flowSecret, callbackUrl }: SignInAsStaff,
  viewer: Viewer,
): Promise<SignInAsStaffOutcome> {
  const { staffProvider } = dependencies
  if (!staffProvider) return { kind: 'signInNotFound' }
  const finished = await finishProviderSignIn(dependencies, {
    findProvider: (id) => (id === staffProvider.provider.id ? staffProvider.provider : null),
    purpose: 'STAFF',
    session: null,
    flowSecret,
    callbackUrl,
  })
  if (finished.kind !== 'identified') return finished
  const roles = readRoles(staffProvider, finished.claims)
  if (roles.length === 0) return { kind: 'noStaffRole' }
  return {
    kind: 'signedIn',
    session: await openStaffSession(dependencies, { staffId: finished.subject, roles }, viewer),
  }
}

function readRoles({ rolesClaim, roles }: StaffProvider, claims: Claims): readonly StaffRole[] {
  const told = readClaim(claims, rolesClaim)
  const names = Array.isArray(told) ? told : [told]
  const known = names.flatMap((name) => (typeof name === 'string' && Object.hasOwn(roles, name) ? [roles[name]] : []))
  return [...new Set(known)].filter((role) => role !== undefined)
}

async function openStaffSession(
  { db, clock, newId, signer, policies }: StaffDependencies,
  { staffId, roles }: { readonly staffId: string; readonly roles: readonly StaffRole[] },
  viewer: Viewer,
): Promise<IssuedStaffSession> {
  const seconds = (await policies.current())['staff.sessionMinutes'] * 60
  const now = clock.now()
  // A token's times are whole seconds.
  const expiresAt = new Date((Math.floor(now.getTime() / 1_000) + seconds) * 1_000)
  const id = newId()
  await db.transaction().execute(async (trx) => {
    await insertStaffSession(trx, { staffId, id, roles, client: viewer.client, now, expiresAt })
    const act = { id: newId(), at: now, staffId, kind: 'SIGNED_IN', sessionId: id, details: { roles } }
    await recordStaffAct(trx, viewer, act)
  })
  const principal = { kind: 'staff', staffId, sessionId: id, roles } as const
  return {
    accessToken: await signAccessToken(principal, signer, clock, seconds),
    accessTokenExpiresAt: expiresAt,
    roles,
  }
}
