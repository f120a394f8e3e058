import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Tables } from './tables.ts'

/** The hash of a person's password; null when they have none. */
export async function findPasswordHash(db: Kysely<Tables>, personId: string): Promise<string | null> {
  const found = await db.selectFrom('password').select('hash').where('person_id', '=', personId).executeTakeFirst()
  return found?.hash ?? null
}

/** Holds the password as it was found, so that nobody changes it meanwhile. False when somebody has. */
export async function holdPassword(trx: Transaction<Tables>, personId: string, hash: string): Promise<boolean> {
  const held = await trx
    .selectFrom('password')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('hash', '=', hash)
    .forShare()
    .executeTakeFirst()
  return held !== undefined
}

export interface NewPassword {
  readonly personId: string
  readonly hash: string
  readonly now: Date
}

/** False when the person has one already. */
export async function insertPassword(trx: Transaction<Tables>, { personId, hash, now }: NewPassword): Promise<boolean> {
  const added = await trx
    .insertInto('password')
    .values({ person_id: personId, hash, changed_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('person_id')
    .executeTakeFirst()
  return added !== undefined
}

/** False when the password is not the one that was known any more. */
export async function replacePassword(
  trx: Transaction<Tables>,
  { personId, hash, now }: NewPassword,
  knownHash: string,
): Promise<boolean> {
  const replaced = await trx
    .updateTable('password')
    .set({ hash, changed_at: now })
    .where('person_id', '=', personId)
    .where('hash', '=', knownHash)
    .returning('person_id')
    .executeTakeFirst()
  return replaced !== undefined
}

/** Whatever it was before. */
export async function putPassword(trx: Transaction<Tables>, { personId, hash, now }: NewPassword): Promise<void> {
  await trx
    .insertInto('password')
    .values({ person_id: personId, hash, changed_at: now })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet({ hash, changed_at: now }))
    .execute()
}

const PASSWORD_OWNERS = prepareStatement<{ readonly ids: readonly string[] }, { readonly person_id: string }>(
  'password-owners',
  ({ ids }) => sql`select person_id from password where person_id = any(${ids}::uuid[])`,
)

/** Whether each of these people has a password. */
export async function readHasPassword(reader: Reader, ids: readonly string[]): Promise<boolean[]> {
  const owners = new Set((await reader.read(PASSWORD_OWNERS, { ids })).map((row) => row.person_id))
  return ids.map((id) => owners.has(id))
}
