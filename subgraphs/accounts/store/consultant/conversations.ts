import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Language } from '../../../../platform/languages.ts'
import type { Tables } from '../tables.ts'
import type { ConversationTable } from './tables.ts'

/** A conversation with the consultant. Its id names it only together with its account. */
export type ConversationRow = Readonly<Selectable<ConversationTable>>

export interface ConversationKey {
  readonly accountId: string
  readonly id: string
}

interface ConversationValues {
  readonly accountIds: readonly string[]
  readonly ids: readonly string[]
}

const CONVERSATIONS = prepareStatement<ConversationValues, ConversationRow & { readonly key: number }>(
  'conversations',
  ({ accountIds, ids }) => sql`
    select asked.key::int as key, conversation.*
    from unnest(${accountIds}::uuid[], ${ids}::uuid[]) with ordinality as asked (account_id, id, key)
    join conversation using (account_id, id)
  `,
)

/** The conversations of accounts, in the order of the keys; null where the account has no such one. */
export async function readConversations(
  reader: Reader,
  keys: readonly ConversationKey[],
): Promise<(ConversationRow | null)[]> {
  const values = { accountIds: keys.map(({ accountId }) => accountId), ids: keys.map(({ id }) => id) }
  const conversations = new Array<ConversationRow | null>(keys.length).fill(null)
  for (const row of await reader.read(CONVERSATIONS, values)) conversations[row.key - 1] = row
  return conversations
}

/** A page of an account's conversations, the newest first. */
export interface ConversationPageKey {
  readonly accountId: string
  readonly first: number
  /** The last of the page before; null for the first page. */
  readonly afterId: string | null
}

interface PageValues {
  readonly accountIds: readonly string[]
  readonly sizes: readonly number[]
  readonly afterIds: readonly (string | null)[]
}

const PAGES = prepareStatement<PageValues, ConversationRow & { readonly key: number }>(
  'conversation-pages',
  ({ accountIds, sizes, afterIds }) => sql`
    select asked.key::int as key, page.*
    from unnest(${accountIds}::uuid[], ${sizes}::int[], ${afterIds}::uuid[])
      with ordinality as asked (account_id, size, after_id, key)
    cross join lateral (
      select * from conversation
      where account_id = asked.account_id and (asked.after_id is null or id < asked.after_id)
      order by id desc limit asked.size
    ) as page
    order by asked.key, page.id desc
  `,
)

/** Each page with one more row than it shows, if there is more. */
export async function readConversationPages(
  reader: Reader,
  pages: readonly ConversationPageKey[],
): Promise<(readonly ConversationRow[])[]> {
  const rows = await reader.read(PAGES, {
    accountIds: pages.map(({ accountId }) => accountId),
    sizes: pages.map(({ first }) => first + 1),
    afterIds: pages.map(({ afterId }) => afterId),
  })
  const byKey = Map.groupBy(rows, ({ key }) => key)
  return pages.map((_, index) => byKey.get(index + 1) ?? [])
}

/** Whose conversation staff mean; null when there is none of this id. */
export async function findConversationOwner(db: Kysely<Tables>, id: string): Promise<string | null> {
  const row = await db
    .selectFrom('conversation_directory')
    .select('account_id')
    .where('conversation_id', '=', id)
    .executeTakeFirst()
  return row?.account_id ?? null
}

/** Takes a conversation for a change of it: what others want to change waits until the transaction ends. */
export async function lockConversation(
  trx: Transaction<Tables>,
  { accountId, id }: ConversationKey,
): Promise<ConversationRow | null> {
  const { rows } = await sql<ConversationRow>`
    select * from conversation where account_id = ${accountId} and id = ${id} for update
  `.execute(trx)
  return rows[0] ?? null
}

export async function insertConversation(
  trx: Transaction<Tables>,
  conversation: ConversationKey & { readonly language: Language; readonly at: Date },
): Promise<ConversationRow> {
  const { accountId, id, language, at } = conversation
  await trx.insertInto('conversation_directory').values({ conversation_id: id, account_id: accountId }).execute()
  const { rows } = await sql<ConversationRow>`
    insert into conversation (account_id, id, language, status, created_at, changed_at)
    values (${accountId}, ${id}, ${language}, 'SUGGESTED', ${at}, ${at})
    returning *
  `.execute(trx)
  return rows[0] as ConversationRow
}

/** What may change of a conversation, beside its messages. */
export type ConversationChange = Partial<
  Pick<
    ConversationRow,
    | 'status'
    | 'is_for_staff'
    | 'deadline_at'
    | 'escalated_at'
    | 'taken_by'
    | 'lease_until'
    | 'rating'
    | 'rating_comment'
    | 'rated_at'
  >
>

/** Changes a conversation that the transaction has locked. */
export async function changeConversation(
  trx: Transaction<Tables>,
  { account_id, id }: ConversationRow,
  change: ConversationChange & { readonly changed_at: Date },
): Promise<ConversationRow> {
  return trx
    .updateTable('conversation')
    .set(change)
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}
