import type pg from 'pg'
import { inBulkTransaction, stageRows } from '../../platform/database/bulk.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Language } from '../../platform/languages.ts'

export interface BulkAccount {
  readonly customerRef: string
  readonly kind: AccountKind
  readonly name: string
  readonly language: Language
}

export type AccountKind = 'INDIVIDUAL' | 'ORGANIZATION'

export interface BulkMember {
  readonly organizationId: string
  readonly memberId: string
  readonly role: MemberRole
}

export const MEMBER_ROLES = ['OWNER', 'ADMINISTRATOR', 'ACCOUNTANT', 'USER'] as const
export type MemberRole = (typeof MEMBER_ROLES)[number]

/** Loads accounts by the thousand. Every method can be run again with the same rows and then changes nothing. */
export interface AccountsBulk {
  /** Adds the accounts whose customer reference is new. Returns how many were. */
  loadAccounts(accounts: readonly BulkAccount[]): Promise<number>
  /** Adds people to organizations; one who is there keeps the role. Returns how many were new. */
  loadMembers(members: readonly BulkMember[]): Promise<number>
  /** The ids of accounts by customer reference; those that do not exist are left out. */
  findAccountIds(customerRefs: readonly string[]): Promise<Map<string, string>>
  findAccountKinds(accountIds: readonly string[]): Promise<Map<string, AccountKind>>
}

export function createAccountsBulk({ pool, newId }: { pool: pg.Pool; newId: NewId }): AccountsBulk {
  return {
    loadAccounts: (accounts) => inBulkTransaction(pool, (client) => loadAccounts(client, newId, accounts)),
    loadMembers: (members) => inBulkTransaction(pool, (client) => loadMembers(client, members)),
    findAccountIds: (customerRefs) =>
      inBulkTransaction(pool, (client) =>
        findPairs(
          client,
          'select customer_ref, account_id from accounts.customer_directory where customer_ref = any($1::text[])',
          customerRefs,
        ),
      ),
    findAccountKinds: (accountIds) =>
      inBulkTransaction(pool, (client) =>
        findPairs(client, 'select id, kind from accounts.account where id = any($1::uuid[])', accountIds),
      ),
  }
}

/** Whoever writes the directory first has the reference; the account is added only by that one, so never twice. */
async function loadAccounts(client: pg.ClientBase, newId: NewId, accounts: readonly BulkAccount[]): Promise<number> {
  await stageRows(
    client,
    'staged_account',
    { id: 'uuid', customer_ref: 'text', kind: 'text', display_name: 'text', language: 'text' },
    accounts.map(({ customerRef, kind, name, language }) => [newId(), customerRef, kind, name, language]),
  )
  const { rowCount } = await client.query(`
    with added as (
      insert into accounts.customer_directory (customer_ref, account_id)
      select customer_ref, id from pg_temp.staged_account order by customer_ref
      on conflict do nothing
      returning account_id
    )
    insert into accounts.account (id, kind, display_name, language, customer_ref)
    select id, kind, display_name, language, customer_ref
    from pg_temp.staged_account join added on added.account_id = id
  `)
  return rowCount ?? 0
}

async function loadMembers(client: pg.ClientBase, members: readonly BulkMember[]): Promise<number> {
  await stageRows(
    client,
    'staged_member',
    { organization_id: 'uuid', member_id: 'uuid', role: 'text' },
    members.map(({ organizationId, memberId, role }) => [organizationId, memberId, role]),
  )
  const { rowCount } = await client.query(`
    with added as (
      insert into accounts.organization_member (organization_id, member_id, role)
      select organization_id, member_id, role from pg_temp.staged_member order by organization_id, member_id
      on conflict do nothing
      returning organization_id, member_id
    )
    insert into accounts.person_organization (person_id, organization_id)
    select member_id, organization_id from added
  `)
  return rowCount ?? 0
}

async function findPairs<Value extends string>(
  client: pg.ClientBase,
  text: string,
  keys: readonly string[],
): Promise<Map<string, Value>> {
  const { rows } = await client.query<[string, Value]>({ text, values: [keys], rowMode: 'array' })
  return new Map(rows)
}
