import { type Kysely, sql } from 'kysely'
import type { Language } from '../../../platform/languages.ts'
import type { AccountKind, MemberRole, Tables } from './tables.ts'

export interface AccountRow {
  readonly id: string
  readonly kind: AccountKind
  readonly display_name: string
  readonly language: Language
}

/** The accounts of these ids, in their order; null where there is none. */
export async function readAccounts(db: Kysely<Tables>, ids: readonly string[]): Promise<(AccountRow | null)[]> {
  const { rows } = await sql<AccountRow>`
    select id, kind, display_name, language from account where id = any(${ids}::uuid[])
  `.execute(db)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) ?? null)
}

export interface MemberRow {
  readonly organization_id: string
  readonly id: string
  readonly display_name: string
  readonly role: MemberRole
}

/** The members of these organizations, in their order. */
export async function readMembers(
  db: Kysely<Tables>,
  organizationIds: readonly string[],
): Promise<(readonly MemberRow[])[]> {
  const { rows } = await sql<MemberRow>`
    select member.organization_id, account.id, account.display_name, member.role
    from organization_member as member
    join account on account.id = member.member_id
    where member.organization_id = any(${organizationIds}::uuid[])
    order by member.since, account.id
  `.execute(db)
  const byOrganization = Map.groupBy(rows, (row) => row.organization_id)
  return organizationIds.map((id) => byOrganization.get(id) ?? [])
}
