import type { OrganizationRole, Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { recordAct } from '../../store/acts.ts'
import { findRole, lockOrganization } from '../../store/memberships.ts'
import { findOpenSession } from '../../store/open-sessions.ts'
import { readDeviceName } from '../sessions/device-name.ts'
import { type IssuedSession, openSession } from '../sessions/open-session.ts'
import type { OrganizationDependencies } from './membership.ts'

export interface ActForOrganization {
  readonly organizationId: string
  readonly deviceName: string | null
}

export type ActForOrganizationOutcome =
  | { readonly kind: 'signedIn'; readonly session: IssuedSession }
  | { readonly kind: 'organizationNotFound' }
  | { readonly kind: 'sessionEnded' }

/**
 * Opens a session in the account of an organization that the person acts for, with their role. Their own stays as it
 * is. One that has ended opens no other, though its access token has some minutes left.
 */
export async function actForOrganization(
  dependencies: OrganizationDependencies,
  command: ActForOrganization,
  viewer: Viewer,
): Promise<ActForOrganizationOutcome> {
  const { db, clock, newId } = dependencies
  const { principal } = viewer
  const organizationId = parseId(command.organizationId)
  if (principal.kind !== 'account' || organizationId === null) return { kind: 'organizationNotFound' }
  const { personId } = principal
  const sessionId = parseId(principal.sessionId)
  return db.transaction().execute(async (trx): Promise<ActForOrganizationOutcome> => {
    // Held, so that a member who is taken out at this moment is out before or has a session that is ended.
    const organization = await lockOrganization(trx, organizationId)
    const role = organization && (await findRole(trx, { organizationId, memberId: personId }))
    if (!role) return { kind: 'organizationNotFound' }
    const method = sessionId === null ? null : await findOpenSession(trx, { personId, sessionId })
    if (method === null) return { kind: 'sessionEnded' }
    const organizationRole = role.toLowerCase() as OrganizationRole
    const signedIn = {
      personId,
      accountId: organizationId,
      organizationRole,
      method,
      deviceName: readDeviceName(command.deviceName),
    }
    const session = await openSession(trx, dependencies, signedIn, viewer)
    if (!session) return { kind: 'organizationNotFound' }
    await recordAct(trx, viewer, {
      id: newId(),
      at: clock.now(),
      accountId: personId,
      kind: 'ORGANIZATION_ENTERED',
      details: { organizationId, role },
    })
    return { kind: 'signedIn', session }
  })
}
