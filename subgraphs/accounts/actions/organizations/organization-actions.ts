import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { acceptInvitation } from './accept-invitation.ts'
import { actForOrganization } from './act-for-organization.ts'
import { changeMemberRole } from './change-member-role.ts'
import { declineInvitation } from './decline-invitation.ts'
import { inviteMember } from './invite-member.ts'
import { leaveOrganization } from './leave-organization.ts'
import type { OrganizationDependencies } from './membership.ts'
import { removeMember } from './remove-member.ts'
import { revokeInvitation } from './revoke-invitation.ts'
import { setMemberLimit } from './set-member-limit.ts'

type Bound<Action> = Action extends (
  dependencies: OrganizationDependencies,
  command: infer Command,
  viewer: Viewer,
) => infer Outcome
  ? (command: Command, viewer: Viewer) => Outcome
  : never

/** What people do about who acts for an organization, each without its dependencies. */
export interface OrganizationActions {
  readonly acceptInvitation: Bound<typeof acceptInvitation>
  readonly actForOrganization: Bound<typeof actForOrganization>
  readonly changeMemberRole: Bound<typeof changeMemberRole>
  readonly declineInvitation: Bound<typeof declineInvitation>
  readonly inviteMember: Bound<typeof inviteMember>
  readonly leaveOrganization: Bound<typeof leaveOrganization>
  readonly removeMember: Bound<typeof removeMember>
  readonly revokeInvitation: Bound<typeof revokeInvitation>
  readonly setMemberLimit: Bound<typeof setMemberLimit>
}

export function createOrganizationActions(dependencies: OrganizationDependencies): OrganizationActions {
  return {
    acceptInvitation: (command, viewer) => acceptInvitation(dependencies, command, viewer),
    actForOrganization: (command, viewer) => actForOrganization(dependencies, command, viewer),
    changeMemberRole: (command, viewer) => changeMemberRole(dependencies, command, viewer),
    declineInvitation: (command, viewer) => declineInvitation(dependencies, command, viewer),
    inviteMember: (command, viewer) => inviteMember(dependencies, command, viewer),
    leaveOrganization: (command, viewer) => leaveOrganization(dependencies, command, viewer),
    removeMember: (command, viewer) => removeMember(dependencies, command, viewer),
    revokeInvitation: (command, viewer) => revokeInvitation(dependencies, command, viewer),
    setMemberLimit: (command, viewer) => setMemberLimit(dependencies, command, viewer),
  }
}
