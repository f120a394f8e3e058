import { sql } from 'kysely'
import { prepareStatement } from '../../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Watch } from '../../../../platform/events/watch-reader.ts'
import { PAGE_SIZE } from '../../../../platform/events/watcher.ts'
import type { ConversationKey } from './conversations.ts'
import type { MessageRow } from './messages.ts'

/** Where messages of conversations are announced. */
export const CONVERSATION_CHANNEL = 'accounts_conversation'

/** A message, as what has changed in its conversation. */
export type ConversationChangeRow = Omit<MessageRow, 'sequence'> & { readonly sequence: bigint }

interface WatchValues {
  readonly accountIds: readonly string[]
  readonly conversationIds: readonly string[]
  readonly afters: readonly (bigint | null)[]
  readonly pageSize: number
}

/** A watch that has nothing new is one row without a sequence; one whose conversation is not there has no row. */
type WatchRow = { readonly key: number } & (ConversationChangeRow | { readonly sequence: null })

/** A number that lies ahead of the conversation's comes from before a restore of the database: it begins anew. */
const CONVERSATION_CHANGES = prepareStatement<WatchValues, WatchRow>(
  'conversation-changes',
  ({ accountIds, conversationIds, afters, pageSize }) => sql`
    select watched.key::int as key, message.account_id, message.conversation_id, message.sequence::bigint as sequence,
      message.author, message.staff_id, message.language, message.text, message.articles, message.written_at
    from unnest(${accountIds}::uuid[], ${conversationIds}::uuid[], ${afters}::bigint[])
      with ordinality as watched (account_id, conversation_id, after, key)
    join conversation on conversation.account_id = watched.account_id and conversation.id = watched.conversation_id
    left join lateral (
      select * from conversation_message
      where account_id = conversation.account_id and conversation_id = conversation.id
        and sequence > case
          when watched.after is null or watched.after > conversation.last_sequence then conversation.last_sequence - 1
          else watched.after
        end
      order by sequence limit ${pageSize}::bigint
    ) as message on true
    order by watched.key, message.sequence
  `,
)

/** The messages that each watch has not seen, a page at most; null for a conversation that is not the watcher's. */
export async function readConversationChanges(
  reader: Reader,
  watches: readonly Watch<ConversationKey>[],
): Promise<(ConversationChangeRow[] | null)[]> {
  const rows = await reader.read(CONVERSATION_CHANGES, {
    accountIds: watches.map(({ key }) => key.accountId),
    conversationIds: watches.map(({ key }) => key.id),
    afters: watches.map(({ after }) => after),
    pageSize: PAGE_SIZE,
  })
  const changes = new Array<ConversationChangeRow[] | null>(watches.length).fill(null)
  for (const { key, ...row } of rows) {
    changes[key - 1] ??= []
    if (row.sequence !== null) changes[key - 1]?.push(row as ConversationChangeRow)
  }
  return changes
}
