import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { revokeInvitationsOf } from '../../store/invitations.ts'
import { deleteMember, findRole } from '../../store/memberships.ts'
import {
  actInOrganization,
  finishChange,
  mayTouch,
  type NotActing,
  type OrganizationDependencies,
} from './membership.ts'

export type RemoveMemberOutcome =
  | { readonly kind: 'removed'; readonly memberId: string }
  | { readonly kind: 'memberNotFound' }
  | { readonly kind: 'lastOwner' }
  | NotActing

/** Takes a member out of the organization of the viewer's session: their sessions in it end, their invitations too. */
export async function removeMember(
  dependencies: OrganizationDependencies,
  command: { readonly memberId: string },
  viewer: Viewer,
): Promise<RemoveMemberOutcome> {
  const memberId = parseId(command.memberId)
  if (memberId === null) return { kind: 'memberNotFound' }
  const outcome = await actInOrganization(dependencies, viewer, async (acting): Promise<RemoveMemberOutcome> => {
    const { trx, organization, personId, now } = acting
    const key = { organizationId: organization.id, memberId }
    const role = await findRole(trx, key)
    if (role === null) return { kind: 'memberNotFound' }
    if (!mayTouch(acting, role)) return { kind: 'notPermitted' }
    if (!(await deleteMember(trx, key))) return { kind: 'lastOwner' }
    await revokeInvitationsOf(trx, key, { status: 'REVOKED', by: personId, now })
    const organizationName = organization.display_name
    await finishChange(trx, dependencies, viewer, { ...key, organizationName, change: 'REMOVED', role, now })
    return { kind: 'removed', memberId }
  })
  if (outcome.kind === 'removed') dependencies.onOutgoing()
  return outcome
}
