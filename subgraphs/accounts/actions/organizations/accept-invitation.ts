import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { decideInvitation, findReceivedInvitations } from '../../store/invitations.ts'
import { insertMember, lockOrganization, type MembershipRow } from '../../store/memberships.ts'
import { findByCode } from './invitation-code.ts'
import { finishChange, type OrganizationDependencies } from './membership.ts'

export type AcceptInvitationOutcome =
  | { readonly kind: 'accepted'; readonly membership: MembershipRow }
  | { readonly kind: 'invitationNotFound' }
  | { readonly kind: 'alreadyMember' }

/**
 * Makes the person who is signed in a member, by the code that came to their confirmed phone. A code is used up by the
 * first who comes with it, whatever comes of it.
 */
export async function acceptInvitation(
  dependencies: OrganizationDependencies,
  { code }: { readonly code: string },
  viewer: Viewer,
): Promise<AcceptInvitationOutcome> {
  const { db, clock, secrets, onOutgoing } = dependencies
  const { principal } = viewer
  if (principal.kind !== 'account') return { kind: 'invitationNotFound' }
  const { personId } = principal
  const outcome = await db.transaction().execute(async (trx): Promise<AcceptInvitationOutcome> => {
    const now = clock.now()
    const found = findByCode(code, await findReceivedInvitations(trx, personId, now), secrets)
    const organization = found && (await lockOrganization(trx, found.organization_id))
    if (!organization) return { kind: 'invitationNotFound' }
    const { organization_id: organizationId, id, role } = found
    if (!(await decideInvitation(trx, { organizationId, id }, { status: 'ACCEPTED', by: personId, now }))) {
      return { kind: 'invitationNotFound' }
    }
    const member = { organizationId, memberId: personId, role, now }
    if (!(await insertMember(trx, member))) return { kind: 'alreadyMember' }
    const organizationName = organization.display_name
    await finishChange(trx, dependencies, viewer, { ...member, organizationName, change: 'JOINED' })
    return {
      kind: 'accepted',
      membership: {
        person_id: personId,
        organization_id: organizationId,
        display_name: organizationName,
        role,
        since: now,
        monthly_limit_kopecks: null,
      },
    }
  })
  if (outcome.kind === 'accepted') onOutgoing()
  return outcome
}
