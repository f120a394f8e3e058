import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { MemberRow } from '../../store/accounts.ts'
import { revokeInvitationsOf } from '../../store/invitations.ts'
import { findMember, findRole, updateRole } from '../../store/memberships.ts'
import type { MemberRole } from '../../store/tables.ts'
import {
  actInOrganization,
  finishChange,
  mayTouch,
  type NotActing,
  type OrganizationDependencies,
} from './membership.ts'

export type ChangeMemberRoleOutcome =
  | { readonly kind: 'changed'; readonly member: MemberRow }
  | { readonly kind: 'memberNotFound' }
  | { readonly kind: 'lastOwner' }
  | NotActing

/** Changes what a member may do for the organization of the viewer's session. Their sessions in it end. */
export async function changeMemberRole(
  dependencies: OrganizationDependencies,
  { role, ...command }: { readonly memberId: string; readonly role: MemberRole },
  viewer: Viewer,
): Promise<ChangeMemberRoleOutcome> {
  const memberId = parseId(command.memberId)
  if (memberId === null) return { kind: 'memberNotFound' }
  const outcome = await actInOrganization(dependencies, viewer, async (acting): Promise<ChangeMemberRoleOutcome> => {
    const { trx, organization, personId, now } = acting
    const key = { organizationId: organization.id, memberId }
    const before = await findRole(trx, key)
    if (before === null) return { kind: 'memberNotFound' }
    if (!mayTouch(acting, before, role)) return { kind: 'notPermitted' }
    if (!(await updateRole(trx, key, role))) return { kind: 'lastOwner' }
    if (before !== role) {
      await revokeInvitationsOf(trx, key, { status: 'REVOKED', by: personId, now })
      const organizationName = organization.display_name
      await finishChange(trx, dependencies, viewer, { ...key, organizationName, change: 'ROLE_CHANGED', role, now })
    }
    const member = await findMember(trx, key)
    invariant(member, 'a member whose role was just changed is a member')
    return { kind: 'changed', member }
  })
  if (outcome.kind === 'changed') dependencies.onOutgoing()
  return outcome
}
