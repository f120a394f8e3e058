import type { Kysely } from 'kysely'
import { ANONYMOUS, type OrganizationRole, UNKNOWN_CLIENT } from '../../../../platform/identity/viewer.ts'
import { findMemberWithRole } from '../../store/members.ts'
import type { MemberRole, Tables } from '../../store/tables.ts'
import { readDeviceName } from './device-name.ts'
import { type IssuedSession, openSession, type SessionDependencies } from './open-session.ts'

export interface DevelopmentSession {
  readonly accountId: string
  /** To act for an organization in this role; null to be whose account it is. */
  readonly organizationRole: OrganizationRole | null
  readonly accessTokenSeconds: number
}

/**
 * Opens a session for developers, who need show nothing: the session is as real as any, can be seen and revoked. Null
 * when the organization has nobody in that role.
 */
export async function openDevelopmentSession(
  dependencies: SessionDependencies & { readonly db: Kysely<Tables> },
  { accountId, organizationRole, accessTokenSeconds }: DevelopmentSession,
): Promise<IssuedSession | null> {
  const { db, newId } = dependencies
  const viewer = { principal: ANONYMOUS, language: 'en', requestId: newId(), client: UNKNOWN_CLIENT } as const
  return db.transaction().execute(async (trx) => {
    const role = organizationRole?.toUpperCase() as MemberRole | undefined
    const personId = role === undefined ? accountId : await findMemberWithRole(trx, { organizationId: accountId, role })
    if (personId === null) return null
    const deviceName = readDeviceName('Cabinet CLI')
    const signedIn = { personId, accountId, organizationRole, accessTokenSeconds, deviceName }
    return openSession(trx, dependencies, { ...signedIn, method: 'DEVELOPMENT' }, viewer)
  })
}
