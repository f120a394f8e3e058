import { sql, type Transaction } from 'kysely'
import type { E164 } from '../../../platform/phone.ts'
import type { OneTimePasswordWay, Tables } from './tables.ts'

/** What was tried and sent of one number lately. */
export interface NumberUseRow {
  readonly wrongAt: Date[]
  readonly sentAt: Date[]
}

/** Takes the number until the end of the transaction: whatever is tried or sent of it follows one another. */
export async function lockNumber(trx: Transaction<Tables>, phone: E164, now: Date): Promise<NumberUseRow> {
  const { rows } = await sql<NumberUseRow>`
    insert into one_time_password_use (phone, touched_at) values (${phone}, ${now})
    on conflict (phone) do update set touched_at = excluded.touched_at
    returning wrong_at as "wrongAt", sent_at as "sentAt"
  `.execute(trx)
  return rows[0] ?? { wrongAt: [], sentAt: [] }
}

export interface NewPassword {
  readonly phone: E164
  readonly id: string
  readonly requestId: string
  readonly way: OneTimePasswordWay
  readonly codeHash: Buffer
  readonly secretId: string
  readonly now: Date
  readonly expiresAt: Date
}

export async function insertPassword(trx: Transaction<Tables>, password: NewPassword): Promise<void> {
  await trx
    .insertInto('one_time_password')
    .values({
      phone: password.phone,
      id: password.id,
      request_id: password.requestId,
      way: password.way,
      code_hash: password.codeHash,
      secret_id: password.secretId,
      created_at: password.now,
      expires_at: password.expiresAt,
    })
    .execute()
}

export interface PasswordRow {
  readonly id: string
  readonly way: OneTimePasswordWay
  readonly codeHash: Buffer
  readonly secretId: string
  readonly wrongTries: number
  readonly createdAt: Date
  readonly expiresAt: Date
  readonly isUsed: boolean
}

/** The newest password of the number and the one before it, newest first. */
export async function readNewestPasswords(trx: Transaction<Tables>, phone: E164): Promise<PasswordRow[]> {
  const { rows } = await sql<PasswordRow>`
    select id, way, code_hash as "codeHash", secret_id as "secretId", wrong_tries as "wrongTries",
      created_at as "createdAt", expires_at as "expiresAt", used_at is not null as "isUsed"
    from one_time_password where phone = ${phone} order by id desc limit 2
  `.execute(trx)
  return rows
}

/** Uses a password up. False when it was used up, killed by wrong tries or too old: nothing has changed then. */
export async function usePassword(
  trx: Transaction<Tables>,
  { phone, id }: { readonly phone: E164; readonly id: string },
  triesMax: number,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('one_time_password')
    .set({ used_at: now })
    .where('phone', '=', phone)
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('wrong_tries', '<', triesMax)
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Counts a wrong try against the number and against each password that it was tried at. */
export async function countWrongTry(
  trx: Transaction<Tables>,
  phone: E164,
  { triedIds, wrongAt }: { readonly triedIds: readonly string[]; readonly wrongAt: readonly Date[] },
): Promise<void> {
  await sql`
    with counted as (
      update one_time_password set wrong_tries = wrong_tries + 1
      where phone = ${phone} and id = any(${triedIds}::uuid[])
    )
    update one_time_password_use set wrong_at = ${wrongAt}::timestamptz[] where phone = ${phone}
  `.execute(trx)
}
