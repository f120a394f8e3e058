import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { decideInvitation } from '../../store/invitations.ts'
import { actInOrganization, type NotActing, type OrganizationDependencies } from './membership.ts'

export type RevokeInvitationOutcome =
  | { readonly kind: 'revoked'; readonly invitationId: string }
  | { readonly kind: 'invitationNotFound' }
  | NotActing

/** Takes back an invitation of the organization that the viewer's session is in, before it is accepted. */
export async function revokeInvitation(
  dependencies: OrganizationDependencies,
  command: { readonly invitationId: string },
  viewer: Viewer,
): Promise<RevokeInvitationOutcome> {
  const id = parseId(command.invitationId)
  if (id === null) return { kind: 'invitationNotFound' }
  return actInOrganization(dependencies, viewer, async ({ trx, organization, personId, now }) => {
    const which = { organizationId: organization.id, id }
    if (!(await decideInvitation(trx, which, { status: 'REVOKED', by: personId, now }))) {
      return { kind: 'invitationNotFound' } as const
    }
    await recordAct(trx, viewer, {
      id: dependencies.newId(),
      at: now,
      accountId: organization.id,
      kind: 'INVITATION_REVOKED',
      details: { invitationId: id },
    })
    return { kind: 'revoked', invitationId: id } as const
  })
}
