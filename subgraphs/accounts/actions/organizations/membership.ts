import type { Kysely, Transaction } from 'kysely'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { recordAct } from '../../store/acts.ts'
import { findRole, type LockedOrganization, lockOrganization, type MemberKey } from '../../store/memberships.ts'
import { writeNotice } from '../../store/notices.ts'
import type { MemberRole, Tables } from '../../store/tables.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { SessionDependencies } from '../sessions/open-session.ts'

/** What every change of who acts for an organization needs. */
export interface OrganizationDependencies extends SessionDependencies {
  readonly db: Kysely<Tables>
  /** Called after a message or a notice is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

/** Somebody who may change who acts for the organization that their session is in, while nobody else changes it. */
export interface Acting {
  readonly trx: Transaction<Tables>
  readonly organization: LockedOrganization & { readonly id: string }
  readonly role: MemberRole
  readonly personId: string
  readonly now: Date
}

export type NotActing = { readonly kind: 'notAnOrganization' } | { readonly kind: 'notPermitted' }

/**
 * Works in the organization of the viewer's session, which is held until the end. What the viewer may do is looked up
 * now: a session may be older than their role.
 */
export async function actInOrganization<Outcome>(
  { db, clock }: OrganizationDependencies,
  { principal }: Viewer,
  act: (acting: Acting) => Promise<Outcome>,
): Promise<Outcome | NotActing> {
  if (principal.kind !== 'account') return { kind: 'notPermitted' }
  const { accountId, personId, organizationRole } = principal
  return db.transaction().execute(async (trx) => {
    const organization = await lockOrganization(trx, accountId)
    if (!organization) return { kind: 'notAnOrganization' }
    // Whoever signed in as the organization itself has no row among its members.
    const role =
      personId === accountId
        ? toMemberRole(organizationRole)
        : await findRole(trx, { organizationId: accountId, memberId: personId })
    if (role !== 'OWNER' && role !== 'ADMINISTRATOR') return { kind: 'notPermitted' }
    return act({ trx, organization: { ...organization, id: accountId }, role, personId, now: clock.now() })
  })
}

function toMemberRole(role: Lowercase<MemberRole> | null): MemberRole {
  return (role ?? 'owner').toUpperCase() as MemberRole
}

/** Owners are the owners' affair. */
export function mayTouch({ role }: Pick<Acting, 'role'>, ...roles: readonly MemberRole[]): boolean {
  return role === 'OWNER' || !roles.includes('OWNER')
}

/** What happened between an organization and one who acts, or acted, for it. */
export interface MembershipChange extends MemberKey {
  readonly organizationName: string
  readonly change: keyof typeof ACTS
  readonly role: MemberRole
  readonly now: Date
}

/** For the organization's trail, and for the person's. */
const ACTS = {
  JOINED: ['MEMBER_JOINED', 'ORGANIZATION_JOINED'],
  ROLE_CHANGED: ['MEMBER_ROLE_CHANGED', 'ORGANIZATION_ROLE_CHANGED'],
  REMOVED: ['MEMBER_REMOVED', 'ORGANIZATION_MEMBERSHIP_ENDED'],
  LEFT: ['MEMBER_LEFT', 'ORGANIZATION_LEFT'],
} as const

/** Finishes a change: the sessions that it makes void, both trails, and what the two are told. */
export async function finishChange(
  trx: Transaction<Tables>,
  { clock, newId }: OrganizationDependencies,
  viewer: Viewer,
  { organizationId, memberId, organizationName, change, role, now }: MembershipChange,
): Promise<void> {
  if (change !== 'JOINED') {
    await endSessions(trx, { clock }, { personId: memberId, accountId: organizationId, reason: 'MEMBERSHIP_ENDED' })
  }
  const [ofOrganization, ofMember] = ACTS[change]
  await recordAct(trx, viewer, {
    id: newId(),
    at: now,
    accountId: organizationId,
    kind: ofOrganization,
    details: { memberId, role },
  })
  await recordAct(trx, viewer, {
    id: newId(),
    at: now,
    accountId: memberId,
    kind: ofMember,
    details: { organizationId, role },
  })
  const parameters = { change, role, organizationId, organization: organizationName, memberId }
  for (const accountId of [organizationId, memberId]) {
    await writeNotice(trx, { id: newId(), accountId, kind: 'MEMBERSHIP_CHANGED', parameters, at: now })
  }
}
