import type { Transaction } from 'kysely'
import type { MemberRole, Tables } from './tables.ts'

/** What a person may do for an organization now; null when they are no member. */
export async function findMemberRole(
  trx: Transaction<Tables>,
  { organizationId, personId }: { readonly organizationId: string; readonly personId: string },
): Promise<MemberRole | null> {
  const member = await trx
    .selectFrom('organization_member')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('member_id', '=', personId)
    .executeTakeFirst()
  return member?.role ?? null
}

/** Somebody who has the role in the organization: of several the one who has had it longest. */
export async function findMemberWithRole(
  trx: Transaction<Tables>,
  { organizationId, role }: { readonly organizationId: string; readonly role: MemberRole },
): Promise<string | null> {
  const member = await trx
    .selectFrom('organization_member')
    .select('member_id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', role)
    .orderBy('since')
    .orderBy('member_id')
    .executeTakeFirst()
  return member?.member_id ?? null
}
