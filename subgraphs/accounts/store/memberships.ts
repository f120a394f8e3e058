import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { MemberRow } from './accounts.ts'
import type { MemberRole, Tables } from './tables.ts'

/** An organization for which somebody acts, and as what. */
export interface MembershipRow {
  readonly person_id: string
  readonly organization_id: string
  readonly display_name: string
  readonly role: MemberRole
  readonly since: Date
  readonly monthly_limit_kopecks: bigint | null
}

const MEMBERSHIPS = prepareStatement<{ readonly personIds: readonly string[] }, MembershipRow>(
  'memberships',
  ({ personIds }) => sql`
    select person.person_id, member.organization_id, organization.display_name, member.role, member.since,
      member.monthly_limit_kopecks
    from person_organization as person
    join organization_member as member
      on member.organization_id = person.organization_id and member.member_id = person.person_id
    join account as organization on organization.id = member.organization_id
    where person.person_id = any(${personIds}::uuid[])
    order by member.since, member.organization_id
  `,
)

/** The organizations that these people act for, in the order of the people. */
export async function readMemberships(
  reader: Reader,
  personIds: readonly string[],
): Promise<(readonly MembershipRow[])[]> {
  const byPerson = Map.groupBy(await reader.read(MEMBERSHIPS, { personIds }), (row) => row.person_id)
  return personIds.map((id) => byPerson.get(id) ?? [])
}

/** Somebody in an organization. */
export interface MemberKey {
  readonly organizationId: string
  readonly memberId: string
}

export interface MemberLimitRow {
  readonly key: number
  readonly role: MemberRole
  readonly monthly_limit_kopecks: bigint | null
}

const MEMBER_LIMITS = prepareStatement<
  { readonly organizationIds: readonly string[]; readonly memberIds: readonly string[] },
  MemberLimitRow
>(
  'member-limits',
  ({ organizationIds, memberIds }) => sql`
    select asked.key::int as key, member.role, member.monthly_limit_kopecks
    from unnest(${organizationIds}::uuid[], ${memberIds}::uuid[])
      with ordinality as asked (organization_id, member_id, key)
    join organization_member as member using (organization_id, member_id)
  `,
)

/** What these members may do and spend, in their order; null for one who is no member. */
export async function readMemberLimits(
  reader: Reader,
  members: readonly MemberKey[],
): Promise<(MemberLimitRow | null)[]> {
  const rows = await reader.read(MEMBER_LIMITS, {
    organizationIds: members.map(({ organizationId }) => organizationId),
    memberIds: members.map(({ memberId }) => memberId),
  })
  const byKey = new Map(rows.map((row) => [row.key, row]))
  return members.map((_, index) => byKey.get(index + 1) ?? null)
}

export interface LockedOrganization {
  readonly display_name: string
  readonly language: 'ru' | 'en'
}

/** Holds the organization until the end of the transaction, so that changes of who acts for it follow one another. */
export async function lockOrganization(
  trx: Transaction<Tables>,
  organizationId: string,
): Promise<LockedOrganization | null> {
  const { rows } = await sql<LockedOrganization>`
    select display_name, language from account where id = ${organizationId} and kind = 'ORGANIZATION' for no key update
  `.execute(trx)
  return rows[0] ?? null
}

/** What somebody may do for the organization now; null when nothing. */
export async function findRole(
  trx: Transaction<Tables>,
  { organizationId, memberId }: MemberKey,
): Promise<MemberRole | null> {
  const row = await trx
    .selectFrom('organization_member')
    .select('role')
    .where('organization_id', '=', organizationId)
    .where('member_id', '=', memberId)
    .executeTakeFirst()
  return row?.role ?? null
}

/** Adds a member. False when they are one already. */
export async function insertMember(
  trx: Transaction<Tables>,
  member: MemberKey & { readonly role: MemberRole; readonly now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    with added as (
      insert into organization_member (organization_id, member_id, role, since)
      values (${member.organizationId}, ${member.memberId}, ${member.role}, ${member.now})
      on conflict do nothing
      returning organization_id, member_id
    ), listed as (
      insert into person_organization (person_id, organization_id)
      select member_id, organization_id from added
      on conflict do nothing
    )
    select member_id from added
  `.execute(trx)
  return rows.length > 0
}

/** The row stays an owner's unless another owner is left: the organization must be locked. */
const ANOTHER_OWNER_IS_LEFT = sql`(
  member.role <> 'OWNER' or exists (
    select from organization_member as other
    where other.organization_id = member.organization_id and other.member_id <> member.member_id
      and other.role = 'OWNER'
  )
)`

/** Changes what a member may do. False when it would leave the organization without an owner. */
export async function updateRole(
  trx: Transaction<Tables>,
  { organizationId, memberId }: MemberKey,
  role: MemberRole,
): Promise<boolean> {
  const { rows } = await sql`
    update organization_member as member set role = ${role}
    where member.organization_id = ${organizationId} and member.member_id = ${memberId}
      and (${role} = 'OWNER' or ${ANOTHER_OWNER_IS_LEFT})
    returning member.member_id
  `.execute(trx)
  return rows.length > 0
}

/** Takes a member out. False when it would leave the organization without an owner. */
export async function deleteMember(
  trx: Transaction<Tables>,
  { organizationId, memberId }: MemberKey,
): Promise<boolean> {
  const { rows } = await sql`
    with gone as (
      delete from organization_member as member
      where member.organization_id = ${organizationId} and member.member_id = ${memberId} and ${ANOTHER_OWNER_IS_LEFT}
      returning member.member_id, member.organization_id
    ), unlisted as (
      delete from person_organization as person using gone
      where person.person_id = gone.member_id and person.organization_id = gone.organization_id
    )
    select member_id from gone
  `.execute(trx)
  return rows.length > 0
}

/** Sets how much a member may spend in a month; null for no limit. */
export async function updateMonthlyLimit(
  trx: Transaction<Tables>,
  { organizationId, memberId }: MemberKey,
  kopecks: bigint | null,
): Promise<void> {
  await trx
    .updateTable('organization_member')
    .set({ monthly_limit_kopecks: kopecks })
    .where('organization_id', '=', organizationId)
    .where('member_id', '=', memberId)
    .execute()
}

/** The member as screens show them. */
export async function findMember(
  trx: Transaction<Tables>,
  { organizationId, memberId }: MemberKey,
): Promise<MemberRow | null> {
  const { rows } = await sql<MemberRow>`
    select member.organization_id, account.id, account.display_name, member.role, member.since,
      member.monthly_limit_kopecks
    from organization_member as member join account on account.id = member.member_id
    where member.organization_id = ${organizationId} and member.member_id = ${memberId}
  `.execute(trx)
  return rows[0] ?? null
}
