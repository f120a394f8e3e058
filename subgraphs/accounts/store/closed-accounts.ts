import { sql, type Transaction } from 'kysely'
import type { Language } from '../../../platform/languages.ts'
import type { Tables } from './tables.ts'

export type AccountState = 'open' | 'closed' | 'none'

/** Closes an open account; false when it is not open. Whoever is signing in to it at this moment comes first. */
export async function markClosed(trx: Transaction<Tables>, accountId: string, now: Date): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('account')
    .set({ closed_at: now })
    .where('id', '=', accountId)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Opens a closed account; false when it is not closed. */
export async function markReopened(trx: Transaction<Tables>, accountId: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('account')
    .set({ closed_at: null })
    .where('id', '=', accountId)
    .where('closed_at', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether the account is open; if so it stays open until the transaction ends. */
export async function holdOpen(trx: Transaction<Tables>, accountId: string): Promise<AccountState> {
  const { rows } = await sql<{ is_open: boolean }>`
    select closed_at is null as is_open from account where id = ${accountId} for share
  `.execute(trx)
  const [row] = rows
  if (!row) return 'none'
  return row.is_open ? 'open' : 'closed'
}

export async function keepSealed(
  trx: Transaction<Tables>,
  { accountId, sealed, now }: { readonly accountId: string; readonly sealed: string; readonly now: Date },
): Promise<void> {
  await trx.insertInto('closed_account').values({ account_id: accountId, sealed, closed_at: now }).execute()
}

/** What was sealed when the account was closed; it is not kept any more. */
export async function takeSealed(trx: Transaction<Tables>, accountId: string): Promise<string | null> {
  const row = await trx
    .deleteFrom('closed_account')
    .where('account_id', '=', accountId)
    .returning('sealed')
    .executeTakeFirst()
  return row?.sealed ?? null
}

/** Whether somebody else acts for the organization. */
export async function hasOtherMembers(
  trx: Transaction<Tables>,
  organizationId: string,
  personId: string,
): Promise<boolean> {
  const row = await trx
    .selectFrom('organization_member')
    .select('member_id')
    .where('organization_id', '=', organizationId)
    .where('member_id', '!=', personId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function findLanguage(trx: Transaction<Tables>, accountId: string): Promise<Language> {
  const { language } = await trx
    .selectFrom('account')
    .select('language')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return language
}
