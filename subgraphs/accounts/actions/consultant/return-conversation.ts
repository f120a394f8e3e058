import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { type ConversationRow, changeConversation } from '../../store/consultant/conversations.ts'
import type { ConsultantDependencies } from './dependencies.ts'
import { withStaffConversation } from './staff-conversation.ts'

export type ReturnConversationOutcome =
  | { readonly kind: 'returned'; readonly conversation: ConversationRow }
  | { readonly kind: 'conversationNotFound' }
  | { readonly kind: 'conversationNotTaken' }

/** Puts a conversation that was taken back into the queue; its deadline stays what it was. */
export async function returnConversation(
  dependencies: ConsultantDependencies,
  { conversationId }: { readonly conversationId: string },
  viewer: Viewer,
): Promise<ReturnConversationOutcome> {
  const outcome = await withStaffConversation(
    dependencies,
    conversationId,
    viewer,
    async ({ trx, conversation, holds, isSupervisor, now, record }): Promise<ReturnConversationOutcome> => {
      if (conversation.status !== 'IN_PROGRESS' || (!holds && !isSupervisor)) return { kind: 'conversationNotTaken' }
      await record('CONVERSATION_RETURNED')
      const returned = await changeConversation(trx, conversation, {
        status: 'WAITING',
        taken_by: null,
        lease_until: null,
        changed_at: now,
      })
      return { kind: 'returned', conversation: returned }
    },
  )
  return outcome ?? { kind: 'conversationNotFound' }
}
