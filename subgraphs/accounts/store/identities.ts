import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { Tables } from './tables.ts'

/** A person's account at a provider, by which they sign in to their account here. */
export interface IdentityRow {
  readonly account_id: string
  readonly id: string
  readonly provider_id: string
  readonly attached_at: Date
  readonly last_used_at: Date | null
}

const IDENTITIES = prepareStatement<{ readonly ids: readonly string[] }, IdentityRow>(
  'identities',
  ({ ids }) => sql`
    select account_id, id, provider_id, attached_at, last_used_at from identity
    where account_id = any(${ids}::uuid[]) order by attached_at, id
  `,
)

/** The identities of these accounts, in their order. */
export async function readIdentities(reader: Reader, ids: readonly string[]): Promise<(readonly IdentityRow[])[]> {
  const byAccount = Map.groupBy(await reader.read(IDENTITIES, { ids }), (row) => row.account_id)
  return ids.map((id) => byAccount.get(id) ?? [])
}

/** Who somebody is to a provider. */
export interface ProviderSubject {
  readonly providerId: string
  readonly subject: string
}

/** The account that the identity is attached to; null when it is attached to none. */
export async function findIdentityOwner(
  db: Kysely<Tables>,
  { providerId, subject }: ProviderSubject,
): Promise<string | null> {
  const row = await db
    .selectFrom('identity_directory')
    .select('account_id')
    .where('provider_id', '=', providerId)
    .where('subject', '=', subject)
    .executeTakeFirst()
  return row?.account_id ?? null
}

/** Marks the identity as used, and holds it until the end of the transaction. False when it was detached meanwhile. */
export async function useIdentity(
  trx: Transaction<Tables>,
  accountId: string,
  { providerId, subject }: ProviderSubject,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update identity set last_used_at = ${now}
    where account_id = ${accountId} and provider_id = ${providerId} and subject = ${subject}
  `.execute(trx)
  return numAffectedRows === 1n
}

export interface NewIdentity extends ProviderSubject {
  readonly accountId: string
  readonly id: string
  readonly now: Date
}

/** What an account has at a provider, and whether it has it only now. */
export interface AccountIdentity {
  readonly identity: IdentityRow & { readonly subject: string }
  readonly isNew: boolean
}

/** Adds the identity, unless the account has one at this provider: then that one, which is held. */
export async function insertIdentity(trx: Transaction<Tables>, identity: NewIdentity): Promise<AccountIdentity> {
  const { accountId, providerId, id, subject, now } = identity
  const { rows } = await sql<AccountIdentity['identity']>`
    insert into identity as known (account_id, provider_id, id, subject, attached_at)
    values (${accountId}, ${providerId}, ${id}, ${subject}, ${now})
    on conflict (account_id, provider_id) do update set subject = known.subject
    returning account_id, id, provider_id, subject, attached_at, last_used_at
  `.execute(trx)
  const [row] = rows
  invariant(row, 'an upsert gives the row that is there after it')
  return { identity: row, isNew: row.id === id }
}

/** Writes down whose the new identity is. False when it is somebody’s already: then it is not added either. */
export async function claimIdentity(trx: Transaction<Tables>, identity: NewIdentity): Promise<boolean> {
  const { accountId, providerId, id, subject } = identity
  const { numAffectedRows } = await sql`
    insert into identity_directory (provider_id, subject, account_id)
    values (${providerId}, ${subject}, ${accountId})
    on conflict do nothing
  `.execute(trx)
  if (numAffectedRows === 1n) return true
  await sql`delete from identity where account_id = ${accountId} and id = ${id}`.execute(trx)
  return false
}

/** Takes the identity away. Returns its provider; null when the account has no such identity. */
export async function deleteIdentity(
  trx: Transaction<Tables>,
  accountId: string,
  identityId: string,
): Promise<string | null> {
  const { rows } = await sql<{ provider_id: string }>`
    delete from identity_directory as directory using identity
    where identity.account_id = ${accountId} and identity.id = ${identityId}
      and directory.provider_id = identity.provider_id and directory.subject = identity.subject
    returning directory.provider_id
  `.execute(trx)
  const [row] = rows
  if (!row) return null
  await sql`delete from identity where account_id = ${accountId} and id = ${identityId}`.execute(trx)
  return row.provider_id
}
