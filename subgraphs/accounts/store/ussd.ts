import { type Kysely, sql } from 'kysely'
import type { E164 } from '../../../platform/phone.ts'
import type { Tables } from './tables.ts'

const PRUNED_AT_ONCE = 20

/** Takes a nonce for good; false when it was taken before. Old ones go by the way, a few at a time. */
export async function takeNonce(
  db: Kysely<Tables>,
  nonce: string,
  { now, keepSince }: { readonly now: Date; readonly keepSince: Date },
): Promise<boolean> {
  const { rows } = await sql`
    with old as (
      delete from ussd_nonce where nonce in (
        select nonce from ussd_nonce where taken_at < ${keepSince} order by taken_at limit ${PRUNED_AT_ONCE}
        for update skip locked
      )
    )
    insert into ussd_nonce (nonce, taken_at) values (${nonce}, ${now}) on conflict do nothing returning nonce
  `.execute(db)
  return rows.length > 0
}

/** A conversation with a telephone. */
export interface UssdSessionKey {
  readonly phone: E164
  readonly id: string
}

/** Remembers that the telephone shows the menu, and forgets its older conversations. */
export async function putMenu(
  db: Kysely<Tables>,
  { phone, id }: UssdSessionKey,
  { now, keepSince }: { readonly now: Date; readonly keepSince: Date },
): Promise<void> {
  await sql`
    with old as (delete from ussd_session where phone = ${phone} and last_at < ${keepSince} and id <> ${id})
    insert into ussd_session (phone, id, menu, last_at) values (${phone}, ${id}, 'MAIN', ${now})
    on conflict (phone, id) do update set last_at = excluded.last_at
  `.execute(db)
}

/** Ends the conversation; whether the telephone was shown the menu in it, not too long ago. */
export async function takeMenu(db: Kysely<Tables>, { phone, id }: UssdSessionKey, since: Date): Promise<boolean> {
  const { rows } = await sql<{ is_live: boolean }>`
    delete from ussd_session where phone = ${phone} and id = ${id} returning last_at >= ${since} as is_live
  `.execute(db)
  return rows[0]?.is_live ?? false
}
