import type { Kysely } from 'kysely'
import type { E164 } from '../../../platform/phone.ts'
import type { Tables } from './tables.ts'

/** The number that an account's notices go to; null when it has none. */
export async function findContact(db: Kysely<Tables>, accountId: string): Promise<E164 | null> {
  const row = await db.selectFrom('contact').select('phone').where('account_id', '=', accountId).executeTakeFirst()
  return (row?.phone as E164 | undefined) ?? null
}
