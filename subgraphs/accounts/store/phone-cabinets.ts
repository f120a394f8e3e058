import { type Kysely, sql, type Transaction } from 'kysely'
import type { Language } from '../../../platform/languages.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { AccountKind, Tables } from './tables.ts'

/** Whose cabinet a telephone number can open. */
export interface Cabinet {
  readonly ownerAccountId: string
  readonly ownerKind: AccountKind
  readonly language: Language
  /** The cabinet of whoever uses an organization's number; null when there is none yet. */
  readonly phoneAccountId: string | null
}

/** The owner of a line and the cabinet that was made for its number; null when the owner's account is not here. */
export async function readCabinet(
  db: Kysely<Tables>,
  phone: E164,
  { lineId, ownerAccountId }: { readonly lineId: string; readonly ownerAccountId: string },
): Promise<Cabinet | null> {
  const { rows } = await sql<Cabinet>`
    select account.id as "ownerAccountId", account.kind as "ownerKind", account.language,
      phone_cabinet.account_id as "phoneAccountId"
    from account
    left join phone_cabinet on phone_cabinet.phone = ${phone} and phone_cabinet.line_id = ${lineId}
    where account.id = ${ownerAccountId}
  `.execute(db)
  return rows[0] ?? null
}

export interface NewPhoneCabinet {
  readonly phone: E164
  readonly lineId: string
  /** The account's id, if there is none yet. */
  readonly accountId: string
  readonly displayName: string
  readonly language: Language
  readonly now: Date
}

/** Makes the cabinet of whoever uses an organization's number, once. Returns the id of the account. */
export async function putPhoneCabinet(trx: Transaction<Tables>, cabinet: NewPhoneCabinet): Promise<string> {
  const { rows } = await sql<{ account_id: string }>`
    insert into phone_cabinet (phone, line_id, account_id)
    values (${cabinet.phone}, ${cabinet.lineId}, ${cabinet.accountId})
    on conflict (phone, line_id) do update set phone = excluded.phone
    returning account_id
  `.execute(trx)
  const accountId = rows[0]?.account_id ?? cabinet.accountId
  await sql`
    insert into account (id, kind, display_name, language, customer_ref, created_at)
    values (${accountId}, 'INDIVIDUAL', ${cabinet.displayName}, ${cabinet.language}, ${`cabinet:${accountId}`},
      ${cabinet.now})
    on conflict (id) do nothing
  `.execute(trx)
  return accountId
}

/** Remembers where the account's notices go, unless that is known already. Returns whether it is the first time. */
export async function confirmContact(
  trx: Transaction<Tables>,
  accountId: string,
  phone: E164,
  now: Date,
): Promise<{ readonly isFirst: boolean }> {
  // A number other than the one that notices go to does not take them over: it may be the one that was stolen.
  const { rows } = await sql<{ is_first: boolean }>`
    insert into contact as known (account_id, phone, confirmed_at) values (${accountId}, ${phone}, ${now})
    on conflict (account_id) do update set confirmed_at = excluded.confirmed_at where known.phone = excluded.phone
    returning (xmax = 0) as is_first
  `.execute(trx)
  return { isFirst: rows[0]?.is_first ?? false }
}

/** Whether somebody was signed in to the person's cabinet from this device before. */
export async function isKnownDevice(
  trx: Transaction<Tables>,
  personId: string,
  device: string | null,
): Promise<boolean> {
  const { rows } = await sql<{ is_known: boolean }>`
    select exists (select from session where person_id = ${personId} and device = ${device}) as is_known
  `.execute(trx)
  return rows[0]?.is_known ?? false
}
