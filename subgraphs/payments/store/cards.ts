import { type Kysely, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Tables } from './tables.ts'

/** A saved card, as its owner sees it. */
export interface CardRow {
  readonly id: string
  readonly brand: string
  readonly last4: string
  readonly expiry_year: number
  readonly expiry_month: number
  readonly saved_at: Date
}

export interface NewCard {
  readonly accountId: string
  readonly id: string
  readonly tokenSealed: string
  readonly fingerprint: string
  readonly brand: string
  readonly last4: string
  readonly expiryYear: number
  readonly expiryMonth: number
  readonly now: Date
}

/** The cards of an account, the newest first. */
export function listCards(db: Kysely<Tables>, accountId: string): Promise<CardRow[]> {
  return db
    .selectFrom('card')
    .select(['id', 'brand', 'last4', 'expiry_year', 'expiry_month', 'saved_at'])
    .where('account_id', '=', accountId)
    .orderBy('saved_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

export interface CardKey {
  readonly accountId: string
  readonly cardId: string
}

const CARDS = prepareStatement<
  { readonly accountIds: readonly string[]; readonly cardIds: readonly string[] },
  CardRow & { readonly place: number }
>(
  'cards',
  ({ accountIds, cardIds }) => sql`
    select wanted.place::int, card.id, brand, last4, expiry_year, expiry_month, saved_at
    from unnest(${accountIds}::uuid[], ${cardIds}::uuid[]) with ordinality as wanted (account_id, id, place)
    join card on card.account_id = wanted.account_id and card.id = wanted.id
  `,
)

/** In the order of the keys; null for a card that the account does not have. */
export async function readCards(reader: Reader, keys: readonly CardKey[]): Promise<(CardRow | null)[]> {
  const rows = await reader.read(CARDS, {
    accountIds: keys.map(({ accountId }) => accountId),
    cardIds: keys.map(({ cardId }) => cardId),
  })
  const cards = new Array<CardRow | null>(keys.length).fill(null)
  for (const { place, ...card } of rows) cards[place - 1] = card
  return cards
}

/** A card with its sealed token; undefined when the account has no such card. */
export function findCard(
  db: Kysely<Tables>,
  accountId: string,
  id: string,
): Promise<{ readonly id: string; readonly token_sealed: string } | undefined> {
  return db
    .selectFrom('card')
    .select(['id', 'token_sealed'])
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
}

/** Saves a card; one that is there already gets the new token. Gives its id, null when there are too many. */
export async function putCard(trx: Transaction<Tables>, card: NewCard, savedMax: number): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    insert into card (account_id, id, token_sealed, fingerprint, brand, last4, expiry_year, expiry_month, saved_at)
    select ${card.accountId}::uuid, ${card.id}::uuid, ${card.tokenSealed}, ${card.fingerprint}, ${card.brand},
      ${card.last4}, ${card.expiryYear}::smallint, ${card.expiryMonth}::smallint, ${card.now}::timestamptz
    where (select count(*) from card where account_id = ${card.accountId} and fingerprint <> ${card.fingerprint})
      < ${savedMax}
    on conflict (account_id, fingerprint) do update
      set token_sealed = excluded.token_sealed, saved_at = excluded.saved_at
    returning id
  `.execute(trx)
  return rows[0]?.id ?? null
}

/** All cards of an account; gives their ids. */
export async function deleteCards(trx: Transaction<Tables>, accountId: string): Promise<string[]> {
  const rows = await trx.deleteFrom('card').where('account_id', '=', accountId).returning('id').execute()
  return rows.map(({ id }) => id)
}

/** False when the account has no such card. */
export async function deleteCard(trx: Transaction<Tables>, accountId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('card')
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
