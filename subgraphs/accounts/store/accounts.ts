import { sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Language } from '../../../platform/languages.ts'
import type { AccountKind, MemberRole, Tables } from './tables.ts'

interface AccountValues {
  readonly ids: readonly string[]
}

export interface AccountRow {
  readonly id: string
  readonly kind: AccountKind
  readonly display_name: string
  readonly language: Language
}

const ACCOUNTS = prepareStatement<AccountValues, AccountRow>(
  'accounts',
  ({ ids }) => sql`
    select id, kind, display_name, language from account where id = any(${ids}::uuid[]) and closed_at is null
  `,
)

/** The accounts of these ids, in their order; null where there is none, or it is closed. */
export async function readAccounts(reader: Reader, ids: readonly string[]): Promise<(AccountRow | null)[]> {
  const rows = await reader.read(ACCOUNTS, { ids })
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) ?? null)
}

const LANGUAGES = prepareStatement<AccountValues, Pick<AccountRow, 'id' | 'language'>>(
  'account-languages',
  ({ ids }) => sql`select id, language from account where id = any(${ids}::uuid[])`,
)

/** The languages of these accounts, in their order, closed ones too; null where there is none. */
export async function readLanguages(reader: Reader, ids: readonly string[]): Promise<(Language | null)[]> {
  const rows = await reader.read(LANGUAGES, { ids })
  const byId = new Map(rows.map(({ id, language }) => [id, language]))
  return ids.map((id) => byId.get(id) ?? null)
}

/** Sets the language of an account; null when there is no such account. */
export async function updateLanguage(
  trx: Transaction<Tables>,
  id: string,
  language: Language,
): Promise<AccountRow | null> {
  const row = await trx
    .updateTable('account')
    .set({ language })
    .where('id', '=', id)
    .returning(['id', 'kind', 'display_name', 'language'])
    .executeTakeFirst()
  return row ?? null
}

export interface MemberRow {
  readonly organization_id: string
  readonly id: string
  readonly display_name: string
  readonly role: MemberRole
  readonly since: Date
  readonly monthly_limit_kopecks: bigint | null
}

const MEMBERS = prepareStatement<AccountValues, MemberRow>(
  'members',
  ({ ids }) => sql`
    select member.organization_id, account.id, account.display_name, member.role, member.since,
      member.monthly_limit_kopecks
    from organization_member as member
    join account on account.id = member.member_id
    where member.organization_id = any(${ids}::uuid[])
    order by member.since, account.id
  `,
)

/** The members of these organizations, in their order. */
export async function readMembers(reader: Reader, ids: readonly string[]): Promise<(readonly MemberRow[])[]> {
  const byOrganization = Map.groupBy(await reader.read(MEMBERS, { ids }), (row) => row.organization_id)
  return ids.map((id) => byOrganization.get(id) ?? [])
}
