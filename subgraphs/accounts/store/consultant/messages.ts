import { type Selectable, sql, type Transaction } from 'kysely'
import { prepareStatement } from '../../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Tables } from '../tables.ts'
import type { ConversationRow } from './conversations.ts'
import type { ConversationMessageTable } from './tables.ts'

/** A message of a conversation. */
export type MessageRow = Readonly<Selectable<ConversationMessageTable>>

export type NewMessage = Pick<MessageRow, 'author' | 'language' | 'text' | 'written_at'> &
  Partial<Pick<MessageRow, 'staff_id' | 'articles'>>

/** Adds a message to a conversation: its number is the next, given under the lock of the conversation's row. */
export async function appendMessage(
  trx: Transaction<Tables>,
  { account_id, id }: ConversationRow,
  message: NewMessage,
): Promise<MessageRow> {
  const { rows } = await sql<MessageRow>`
    with numbered as (
      update conversation set last_sequence = last_sequence + 1, changed_at = ${message.written_at}
      where account_id = ${account_id} and id = ${id}
      returning account_id, id, last_sequence
    )
    insert into conversation_message
      (account_id, conversation_id, sequence, author, staff_id, language, text, articles, written_at)
    select account_id, id, last_sequence, ${message.author}, ${message.staff_id ?? null}, ${message.language},
      ${message.text}, ${message.articles ?? []}::text[], ${message.written_at}
    from numbered
    returning *
  `.execute(trx)
  return rows[0] as MessageRow
}

/** The messages of a conversation after a number, the oldest first. */
export interface MessagesAfter {
  readonly accountId: string
  readonly conversationId: string
  /** 0 for the beginning. */
  readonly sequence: number
  readonly first: number
}

interface MessagesValues {
  readonly accountIds: readonly string[]
  readonly conversationIds: readonly string[]
  readonly sequences: readonly number[]
  readonly sizes: readonly number[]
}

const MESSAGES = prepareStatement<MessagesValues, MessageRow & { readonly key: number }>(
  'conversation-messages',
  ({ accountIds, conversationIds, sequences, sizes }) => sql`
    select asked.key::int as key, page.*
    from unnest(${accountIds}::uuid[], ${conversationIds}::uuid[], ${sequences}::int[], ${sizes}::int[])
      with ordinality as asked (account_id, conversation_id, sequence, size, key)
    cross join lateral (
      select * from conversation_message as message
      where message.account_id = asked.account_id and message.conversation_id = asked.conversation_id
        and message.sequence > asked.sequence
      order by message.sequence limit asked.size
    ) as page
    order by asked.key, page.sequence
  `,
)

/**
 * What was said after a number, for many at once, in their order: pages of a conversation, and whoever watches one and
 * goes on where they stopped. Numbers have no gaps, and one is seen only when all before it are.
 */
export async function readMessagesAfter(
  reader: Reader,
  keys: readonly MessagesAfter[],
): Promise<(readonly MessageRow[])[]> {
  const rows = await reader.read(MESSAGES, {
    accountIds: keys.map(({ accountId }) => accountId),
    conversationIds: keys.map(({ conversationId }) => conversationId),
    sequences: keys.map(({ sequence }) => sequence),
    sizes: keys.map(({ first }) => first),
  })
  const byKey = Map.groupBy(rows, ({ key }) => key)
  return keys.map((_, index) => byKey.get(index + 1) ?? [])
}
