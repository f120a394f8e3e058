import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { revokeInvitationsOf } from '../../store/invitations.ts'
import { deleteMember, findRole, lockOrganization } from '../../store/memberships.ts'
import { finishChange, type OrganizationDependencies } from './membership.ts'

export type LeaveOrganizationOutcome =
  | { readonly kind: 'left'; readonly organizationId: string }
  | { readonly kind: 'organizationNotFound' }
  | { readonly kind: 'lastOwner' }

/** Ends the membership of the person who is signed in, whatever account their session is in. */
export async function leaveOrganization(
  dependencies: OrganizationDependencies,
  command: { readonly organizationId: string },
  viewer: Viewer,
): Promise<LeaveOrganizationOutcome> {
  const { principal } = viewer
  const organizationId = parseId(command.organizationId)
  if (principal.kind !== 'account' || organizationId === null) return { kind: 'organizationNotFound' }
  const key = { organizationId, memberId: principal.personId }
  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<LeaveOrganizationOutcome> => {
    const now = dependencies.clock.now()
    const organization = await lockOrganization(trx, organizationId)
    const role = organization && (await findRole(trx, key))
    if (!role) return { kind: 'organizationNotFound' }
    if (!(await deleteMember(trx, key))) return { kind: 'lastOwner' }
    await revokeInvitationsOf(trx, key, { status: 'REVOKED', by: principal.personId, now })
    const organizationName = organization.display_name
    await finishChange(trx, dependencies, viewer, { ...key, organizationName, change: 'LEFT', role, now })
    return { kind: 'left', organizationId }
  })
  if (outcome.kind === 'left') dependencies.onOutgoing()
  return outcome
}
