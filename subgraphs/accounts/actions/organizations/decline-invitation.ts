import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { decideInvitation, findReceivedInvitations } from '../../store/invitations.ts'
import type { OrganizationDependencies } from './membership.ts'

export type DeclineInvitationOutcome =
  | { readonly kind: 'declined'; readonly invitationId: string }
  | { readonly kind: 'invitationNotFound' }

/** Turns down an invitation that came to the confirmed phone of the person who is signed in. */
export async function declineInvitation(
  { db, clock, newId }: OrganizationDependencies,
  command: { readonly invitationId: string },
  viewer: Viewer,
): Promise<DeclineInvitationOutcome> {
  const { principal } = viewer
  const id = parseId(command.invitationId)
  if (principal.kind !== 'account' || id === null) return { kind: 'invitationNotFound' }
  const { personId } = principal
  return db.transaction().execute(async (trx) => {
    const now = clock.now()
    const received = await findReceivedInvitations(trx, personId, now)
    const organizationId = received.find((invitation) => invitation.id === id)?.organization_id
    const decision = { status: 'DECLINED', by: personId, now } as const
    if (organizationId === undefined || !(await decideInvitation(trx, { organizationId, id }, decision))) {
      return { kind: 'invitationNotFound' }
    }
    for (const accountId of [organizationId, personId]) {
      const details = { invitationId: id }
      await recordAct(trx, viewer, { id: newId(), at: now, accountId, kind: 'INVITATION_DECLINED', details })
    }
    return { kind: 'declined', invitationId: id }
  })
}
