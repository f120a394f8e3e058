import type { Transaction } from 'kysely'
import { type ConversationRow, changeConversation } from '../../store/consultant/conversations.ts'
import type { Tables } from '../../store/tables.ts'
import { secondsLater } from './dependencies.ts'

/** Leaves a locked conversation for staff, with a new deadline. One that waits already keeps its own. */
export async function queueConversation(
  trx: Transaction<Tables>,
  conversation: ConversationRow,
  { now, deadlineSeconds }: { readonly now: Date; readonly deadlineSeconds: number },
): Promise<ConversationRow> {
  if (conversation.deadline_at !== null) return conversation
  return changeConversation(trx, conversation, {
    status: 'WAITING',
    is_for_staff: true,
    deadline_at: secondsLater(now, deadlineSeconds),
    escalated_at: null,
    taken_by: null,
    lease_until: null,
    changed_at: now,
  })
}
